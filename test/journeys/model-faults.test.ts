import { afterAll, beforeAll, expect, it } from 'vitest'

import { isModelMode, MODES } from '../model/stand-in/modes.ts'
import { canaryFor } from '../support/canary.ts'
import { meet } from '../support/meeting.ts'
import type { Meeting } from '../support/meeting.ts'
import { askFor, startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint, ModelMode } from '../support/model-endpoint.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

/** An endpoint that answers well in one of these shapes is believed. */
const WHOLE: ReadonlySet<ModelMode> = new Set<ModelMode>([
  'ok',
  'crlf',
  'bytes',
  'comments',
  'thinking',
  'no-done',
  'no-finish',
  'no-blank-line',
  'stays-open',
  'malformed-event',
  'bad-utf8',
  'cut-after-finish',
  'json',
  'no-max-tokens',
  'no-stream-options',
  'no-options',
  'tool-calls',
])

/** Answers that are over and still not all there is to say, or not in the words that were meant. */
const ODD: Readonly<Partial<Record<ModelMode, object>>> = {
  length: { status: 'interrupted', source: 'model' },
  filter: { status: 'filtered', source: 'model' },
  'filter-all': { status: 'filtered', source: 'model', text: '' },
  'bad-utf8-inside': { status: 'complete', source: 'model', text: '你�好' },
  'bad-utf8-across': { status: 'complete', source: 'model', text: '你�好' },
}

/** What the stand-in says when it fails; nobody in a group reads any of it. */
const PROVIDER =
  /sk-secret|overloaded|internal error|slow down|sign in|Bad gateway|context length|blocked by/

const API_KEY = canaryFor('sk-of-the-faults')

let endpoint: ModelEndpoint
let server: Server

beforeAll(async () => {
  endpoint = await startModelEndpoint()
  endpoint.slowMs = 4_000
  server = await startServer({
    vars: {
      MODEL_BASE_URL: endpoint.url,
      MODEL_NAME: 'stand-in',
      MODEL_API_KEY: API_KEY,
      MODEL_FIRST_TOKEN_MS: '1500',
      MODEL_IDLE_MS: '1500',
      MODEL_TOTAL_MS: '6000',
    },
  })
})

afterAll(async () => {
  await server.stop()
  await endpoint.close()
})

it('[P11] [P15] [P16] an answer has one end, and is called complete only where it is whole', async () => {
  const modes = Object.keys(MODES).filter(isModelMode)
  const meetings = new Map<ModelMode, Meeting>()
  for (const mode of modes) meetings.set(mode, await meet(server.url))
  const ends = new Map<string, object>()
  // An endpoint that fails again and again rests, and then even a good answer would not be asked for.
  const isGood = (mode: ModelMode) => WHOLE.has(mode) || ODD[mode] !== undefined
  for (const wave of [modes.filter(isGood), modes.filter((mode) => !isGood(mode))]) {
    await Promise.all(
      wave.map(async (mode) => {
        const meeting = meetings.get(mode)
        if (meeting) ends.set(mode, await endOf(mode, meeting))
      }),
    )
  }
  const expected = modes.map((mode) => [mode, expectedOf(mode)] as const)
  expect(Object.fromEntries(ends)).toMatchObject(Object.fromEntries(expected))
  expect(server.output()).not.toContain(API_KEY)
})

function expectedOf(mode: ModelMode): object {
  if (WHOLE.has(mode)) return { status: 'complete', source: 'model', text: endpoint.answer }
  return ODD[mode] ?? { isCut: true }
}

/** How a reply ended, once in the log and once for each who listened. */
async function endOf(mode: ModelMode, { ada, ben, group, people }: Meeting): Promise<object> {
  await ada.say(askFor(mode))
  const { body } = await ben.nextEvent('reply.ended', 20_000)
  await ada.nextEvent('reply.ended')
  await ada.say('What was that?')
  const log = await people.ben.readLog(group)
  const ends = [log, ada.events, ben.events].map(
    (events) => events.filter(({ kind }) => kind === 'reply.ended').length,
  )
  expect(ends, `in mode ${mode}`).toEqual([1, 1, 1])
  const seen = JSON.stringify([log, ada.frames, ben.frames])
  expect(seen, `in mode ${mode}`).not.toMatch(PROVIDER)
  expect(seen, `in mode ${mode}`).not.toContain(endpoint.url)
  const { status, source, text } = body
  const isCut = source === 'local' ? text !== '' : status === 'interrupted' || status === 'failed'
  return { status, source, text, isCut }
}
