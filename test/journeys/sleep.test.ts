import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { meet } from '../support/meeting.ts'
import type { Meeting } from '../support/meeting.ts'
import type { Member } from '../support/member.ts'
import { askFor, startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint, ModelMode } from '../support/model-endpoint.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'
import { fallsAsleep, storageOf } from '../support/sleep.ts'

/** The runtime lets an object go that had nothing to do for 10 s; after an end one more may pass. */
const ASLEEP_MS = 12_000

/** What the endpoint does, and what a member does about it. The slow ones first: all run at once. */
const CASES: readonly (readonly [mode: ModelMode, deed?: 'stop' | 'recall'])[] = [
  ['hang'],
  ['hang', 'stop'],
  ['stall'],
  ['stall', 'stop'],
  ['stall', 'recall'],
  ['slow-first'],
  ['only-comments'],
  ['only-thinking'],
  ['stays-open'],
  ['ok'],
  ['bytes'],
  ['bad-utf8-inside'],
  ['cut-clean'],
  ['cut-tcp'],
  ['cut-early'],
  ['error-late'],
  ['error-in-stream'],
  ['huge-token'],
  ['endless-answer'],
  ['endless-event'],
  ['429'],
  ['500'],
  ['html-200'],
  ['redirect'],
]

let endpoint: ModelEndpoint
let persistTo: string
let server: Server

beforeAll(async () => {
  endpoint = await startModelEndpoint()
  endpoint.slowMs = 500
  persistTo = mkdtempSync(join(tmpdir(), 'parley-sleep-'))
  server = await startServer({
    persistTo,
    vars: {
      MODEL_BASE_URL: endpoint.url,
      MODEL_NAME: 'stand-in',
      MODEL_FIRST_TOKEN_MS: '1500',
      MODEL_IDLE_MS: '1500',
    },
  })
})

afterAll(async () => {
  await server.stop()
  await endpoint.close()
  rmSync(persistTo, { recursive: true, force: true })
})

// Side by side, since most of it is waiting.
const options = { concurrent: true, skip: !existsSync('/proc/self/fd') }

describe('[P18] after a reply', options, () => {
  it('an object sleeps within 12 s, whatever the endpoint did, with its connections open', async () => {
    const meetings: Meeting[] = []
    for (const _ of CASES) meetings.push(await meet(server.url))
    const nights = await Promise.all(
      CASES.map(async ([mode, deed], at) => {
        const meeting = meetings[at]
        if (!meeting) throw new Error('a case without a group')
        return [`${mode} ${deed ?? ''}`, await night(meeting, mode, deed)] as const
      }),
    )
    expect(Object.fromEntries(nights)).toEqual(
      Object.fromEntries(nights.map(([name]) => [name, 'slept, and remembers nothing'])),
    )
    const seen = new Set(endpoint.requests.map(({ mode }) => mode))
    expect(CASES.filter(([mode]) => !seen.has(mode))).toEqual([])
  })

  it('that everyone has left nothing is written any more: the call ends after 20 s', async () => {
    const { ada, ben, group, people } = await meet(server.url)
    const arrived = endpoint.nextRequest('never-ends')
    await ada.say(askFor('never-ends'))
    await ada.next('delta')
    const request = await arrived
    const leftAt = Date.now()
    await Promise.all([ada.close(), ben.close()])
    await request.closed
    const aloneMs = Date.now() - leftAt
    expect(aloneMs).toBeGreaterThan(19_500)
    expect(aloneMs).toBeLessThan(22_000)
    const log = await people.ada.readLog(group)
    expect(log.filter(({ kind }) => kind === 'reply.ended')).toMatchObject([
      {
        body: {
          status: 'interrupted',
          source: 'model',
          text: expect.stringMatching(/^(?:on ){100}/),
        },
      },
    ])
  })

  it('an object that is awake remembers who types', async () => {
    const { ada, ben } = await meet(server.url)
    await begins(ada, ben)
    expect(await isRemembered(ada, ben)).toBe(true)
  })
})

/**
 * One question, its end, and the sleep after it. Two signs from outside tell that it was one. The
 * runtime closes the storage of an object that it lets go; that is when. And who types is known to
 * memory alone: only an object that has heard the beginning of it passes the end of it on, however
 * late that comes. So whoever is told nothing of an end speaks with another object than before.
 */
async function night(
  { ada, ben, group }: Meeting,
  mode: ModelMode,
  deed: 'stop' | 'recall' | undefined,
): Promise<string> {
  const storage = storageOf(persistTo, group)
  await begins(ada, ben)
  await ada.say(askFor(mode))
  const { seq: reply, body } = await ada.nextEvent('reply.started')
  if (deed !== undefined && mode !== 'hang') await ada.next('delta')
  if (deed === 'stop') ada.send({ type: 'stop', id: 'stop', reply })
  if (deed === 'recall') await ada.recall(body.trigger)
  await ben.nextEvent('reply.ended')
  await fallsAsleep(server, storage, ASLEEP_MS)
  if (!ada.isOpen || !ben.isOpen) return 'slept, but let a connection go'
  return (await isRemembered(ada, ben)) ? 'remembers' : 'slept, and remembers nothing'
}

async function begins(ada: Member, ben: Member): Promise<void> {
  ada.send({ type: 'typing', on: true })
  await ben.next('typing')
}

async function isRemembered(ada: Member, ben: Member): Promise<boolean> {
  ada.send({ type: 'typing', on: false })
  // What Ada says next comes after it, on the same way.
  const { seq } = await ada.say('good morning')
  await ben.next((frame) => frame.type === 'event' && frame.seq === seq)
  return ben.frames.some((frame) => frame.type === 'typing' && frame.forMs === 0)
}
