import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { GroupEvent } from '../../src/protocol/events.ts'
import { CANARY, canaryFor } from '../support/canary.ts'
import { meet } from '../support/meeting.ts'
import { startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint, ModelMode } from '../support/model-endpoint.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

const API_KEY = canaryFor('sk-of-the-journeys')

let endpoint: ModelEndpoint
let server: Server

// A server for each test: the breaker remembers what the endpoint did before.
beforeEach(async () => {
  endpoint = await startModelEndpoint()
  server = await startServer({
    vars: {
      MODEL_BASE_URL: endpoint.url,
      MODEL_NAME: 'ok',
      MODEL_API_KEY: API_KEY,
      MODEL_FIRST_TOKEN_MS: '1000',
      MODEL_IDLE_MS: '1000',
    },
  })
})

afterEach(async () => {
  await server.stop()
  await endpoint.close()
})

describe('a reply of a model', () => {
  it('[P12] is streamed to everyone and ends with the whole text', async () => {
    endpoint.answer = 'Of course. 这是一个很长的回答，用来看看它怎样被分成几段。 '.repeat(8).trim()
    endpoint.tokenDelayMs = 5
    const { ben, ended } = await askIn('ok')
    expect(ended.body).toMatchObject({
      status: 'complete',
      source: 'model',
      text: endpoint.answer,
    })
    const text = ben.frames.map((frame) => (frame.type === 'delta' ? frame.text : '')).join('')
    expect(text).not.toBe('')
    expect(endpoint.answer.startsWith(text)).toBe(true)
  })

  it('[P12] reaches who joins in the middle with nothing missing', async () => {
    endpoint.answer = 'word '.repeat(200).trim()
    endpoint.tokenDelayMs = 5
    endpoint.mode = 'ok'
    const { ada, group, people } = await meet(server.url)
    await ada.say('@assistant tell me')
    await ada.next('delta')
    const late = await people.ben.connect(group)
    const { body, seq } = await late.nextEvent('reply.ended')

    const [running] = late.welcome.replies
    expect(running?.reply).toBe(body.reply)
    expect(seq).toBeGreaterThan(body.reply)
    let text = running?.text ?? ''
    for (const frame of late.frames) {
      if (frame.type !== 'delta') continue
      expect(frame.offset).toBe(text.length)
      text += frame.text
    }
    expect(body.text).toBe(endpoint.answer)
    expect(endpoint.answer.startsWith(text)).toBe(true)
    expect(text).not.toBe('')
  })

  it('[P14] stops at once for the asker and keeps what there is', async () => {
    endpoint.answer = 'word '.repeat(2_000)
    endpoint.tokenDelayMs = 5
    endpoint.mode = 'ok'
    const { ada, ben } = await meet(server.url)
    const request = endpoint.nextRequest()
    await ada.say('@assistant tell me')
    const { reply } = await ada.next('delta')
    const foreign = await ben.request({ type: 'stop', reply })
    expect(foreign).toMatchObject({ type: 'refused', code: 'forbidden' })

    ada.send({ type: 'stop', id: 'stop', reply })
    const { body } = await ada.nextEvent('reply.ended')
    expect(body).toMatchObject({ reply, status: 'stopped', source: 'model' })
    expect(endpoint.answer.startsWith(body.text)).toBe(true)
    await (
      await request
    ).closed
    expect((await request).aborted).toBe(true)
  })

  it.each<ModelMode>(['cut-clean', 'cut-tcp', 'stall', 'error-late'])(
    '[P15] that is cut off (%s) is never complete',
    async (mode) => {
      const { ended, log } = await askIn(mode)
      const { source, status } = ended.body
      expect(`${source}, ${status}`).toMatch(/^(?:local, complete|model, (?:interrupted|failed))$/)
      expectNothingOfTheProvider(log)
    },
  )

  it.each<ModelMode>(['500', '401', '429', 'hang', 'cut-early', 'error-in-stream', 'html-200'])(
    '[P16] that never came (%s) is answered locally, without a word of the provider',
    async (mode) => {
      const { ended, log } = await askIn(mode)
      expect(ended.body).toMatchObject({ status: 'complete', source: 'local' })
      expect(ended.body.text).not.toBe('')
      expectNothingOfTheProvider(log)
    },
  )
})

async function askIn(mode: ModelMode) {
  endpoint.mode = mode
  const { ada, ben, group, people } = await meet(server.url)
  await ada.say(`@assistant what do you think? ${CANARY}`)
  const ended = await ben.nextEvent('reply.ended', 20_000)
  const log = await people.ben.readLog(group)
  expect(log.filter(({ kind }) => kind === 'reply.ended')).toHaveLength(1)
  return { ben, ended, log: [...log, ...ben.frames] }
}

/** Neither what the endpoint said, nor where it is, nor the key to it; not even in what is logged. */
function expectNothingOfTheProvider(shown: readonly (GroupEvent | object)[]): void {
  const group = JSON.stringify(shown)
  for (const word of [
    'sk-secret',
    'overloaded',
    'internal error',
    'slow down',
    'sign in',
    endpoint.url,
  ]) {
    expect(group).not.toContain(word)
  }
  expect(server.output()).not.toContain(API_KEY)
}
