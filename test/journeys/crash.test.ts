import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { meet } from '../support/meeting.ts'
import { askFor, startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint } from '../support/model-endpoint.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

let endpoint: ModelEndpoint
let persistTo: string
let server: Server

async function start(): Promise<Server> {
  const vars = { MODEL_BASE_URL: endpoint.url, MODEL_NAME: 'stand-in' }
  return await startServer({ persistTo, vars })
}

beforeAll(async () => {
  endpoint = await startModelEndpoint()
  persistTo = mkdtempSync(join(tmpdir(), 'parley-crash-'))
  server = await start()
})

afterAll(async () => {
  await server.stop()
  await endpoint.close()
  rmSync(persistTo, { recursive: true, force: true })
})

it('[P11] [P12] a reply that a SIGKILL cut off begins anew for its asker, and has one end', async () => {
  const { ada, group, people } = await meet(server.url)
  await ada.say(askFor('stall'))
  const { reply, run } = await ada.next('delta')
  expect(run).toBe(1)
  await server.kill()
  server = await start()
  people.ada.url = server.url
  const back = await people.ada.connect(group)
  endpoint.mode = 'ok'
  const snapshot = await back.next('snapshot', 40_000)
  expect(snapshot).toEqual({ type: 'snapshot', reply, run: 2, text: '' })
  const { body } = await back.nextEvent('reply.ended')
  expect(body).toMatchObject({ reply, status: 'complete', text: endpoint.answer })
  const shown = back.frames.flatMap((frame) => (frame.type === 'delta' ? [frame] : []))
  expect(shown.map((delta) => delta.run)).toEqual(shown.map(() => 2))
  expect(endpoint.answer.startsWith(shown.map(({ text }) => text).join(''))).toBe(true)
  const log = await people.ada.readLog(group)
  expect(log.filter(({ kind }) => kind.startsWith('reply')).map(({ kind }) => kind)).toEqual([
    'reply.started',
    'reply.ended',
  ])
})
