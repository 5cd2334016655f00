import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'

import { ModelRefusedError, ModelSilentError } from '../../src/model/errors.ts'
import { startModelEndpoint, type ModelEndpoint } from '../support/model-endpoint.ts'
import { listen } from './conversation.ts'
import { ManualTimers } from './manual-timers.ts'
import { ASK, faultOf, modelAt, turn } from './stand-in/calls.ts'
import type { ModelMode } from './stand-in/modes.ts'

let endpoint: ModelEndpoint
let timers: ManualTimers

beforeAll(async () => {
  endpoint = await startModelEndpoint()
})
beforeEach(() => {
  timers = new ManualTimers()
})
afterAll(() => endpoint.close())

async function answerIn(mode: ModelMode) {
  const stream = listen()
  const completion = await modelAt(endpoint.url, mode, timers).complete(ASK, stream)
  return { completion, text: stream.text, pieces: stream.pieces }
}

async function faultIn(mode: ModelMode) {
  const stream = listen()
  const fault = await faultOf(modelAt(endpoint.url, mode, timers).complete(ASK, stream))
  return { fault, text: stream.text }
}

describe('a good answer', () => {
  test.each([
    'ok',
    'crlf',
    'bytes',
    'comments',
    'thinking',
    'no-done',
    'no-finish',
    'no-blank-line',
    'malformed-event',
    'bad-utf8',
    'json',
    'tool-calls',
    'no-max-tokens',
    'no-stream-options',
    'no-options',
  ] as const)('comes through whole in mode %s, and leaves no timer behind', async (mode) => {
    const { completion, text } = await answerIn(mode)
    expect(text).toBe(endpoint.answer)
    expect(completion).toMatchObject({ finish: 'stop', source: 'model', model: mode })
    expect(timers.waiting).toBe(0)
  })

  it('arrives in pieces, with what it used', async () => {
    const { completion, pieces } = await answerIn('ok')
    expect(pieces.length).toBeGreaterThan(5)
    expect(completion.usage).toEqual({ inputTokens: 100, outputTokens: pieces.length })
  })

  test.each([
    ['length', 'length'],
    ['filter', 'filter'],
    ['filter-all', 'filter'],
  ] as const)('in mode %s says that it was cut short', async (mode, finish) => {
    expect((await answerIn(mode)).completion.finish).toBe(finish)
  })

  it('loses only the character that holds a bad byte', async () => {
    expect((await answerIn('bad-utf8-inside')).text).toBe('你\uFFFD好')
  })

  it('is not kept from its end by an endpoint that never closes', async () => {
    const stream = listen()
    const answer = modelAt(endpoint.url, 'stays-open', timers).complete(ASK, stream)
    // Two timers at the start, one more for each token, and the one that the finish brings.
    while (timers.started < 3 + stream.pieces.length || stream.text !== endpoint.answer) {
      await turn()
    }
    timers.advance(2_000)
    expect(await answer).toMatchObject({ finish: 'stop' })
  })

  it('stays whole when the connection breaks behind it', async () => {
    expect((await answerIn('cut-after-finish')).completion.finish).toBe('stop')
  })
})

describe('the request', () => {
  it('asks for a stream and carries the key', async () => {
    const request = endpoint.nextRequest()
    const access = { kind: 'keys', keys: ['sk-secret'] } as const
    await modelAt(endpoint.url, 'ok', timers, { access }).complete(ASK, listen())
    const { body, headers } = await request
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(headers['authorization']).toBe('Bearer sk-secret')
  })

  it('leaves out for good what the endpoint once said not to know', async () => {
    const model = modelAt(endpoint.url, 'no-max-tokens', timers)
    const before = endpoint.requests.length
    await model.complete(ASK, listen())
    await model.complete(ASK, listen())
    const sent = endpoint.requests.slice(before).map(({ body }) => 'max_tokens' in body)
    expect(sent).toEqual([true, false, false])
  })

  it('is repeated once at most for what the endpoint complains about', async () => {
    const before = endpoint.requests.length
    await faultIn('never-max-tokens')
    expect(endpoint.requests).toHaveLength(before + 2)
  })
})

describe('a fault', () => {
  test.each([
    ['cut-clean', 'truncated'],
    ['role-only', 'truncated'],
    ['cut-tcp', 'network'],
    ['cut-early', 'network'],
    ['html-200', 'protocol'],
    ['redirect', 'protocol'],
    ['huge-token', 'protocol'],
    ['endless-answer', 'protocol'],
    ['endless-event', 'protocol'],
    ['malformed-events', 'protocol'],
    ['malformed-json', 'protocol'],
    ['empty', 'protocol'],
  ] as const)('[P15] in mode %s is silence of kind %s', async (mode, kind) => {
    const { fault } = await faultIn(mode)
    expect(fault).toBeInstanceOf(ModelSilentError)
    expect(fault).toMatchObject({ kind })
    expect(timers.waiting).toBe(0)
  })

  test.each([
    ['401', 'auth', 401],
    ['429', 'rate', 429],
    ['500', 'server', 500],
    ['html-502', 'server', 502],
    ['context', 'context', 400],
    ['refused-filter', 'filter', 400],
    ['never-max-tokens', 'other', 400],
    ['error-in-stream', 'server', 502],
    ['error-late', 'server', 502],
    ['error-unnumbered', 'server', undefined],
  ] as const)('[P16] in mode %s is a refusal of kind %s', async (mode, kind, status) => {
    const { fault } = await faultIn(mode)
    expect(fault).toBeInstanceOf(ModelRefusedError)
    expect(fault).toMatchObject({ kind, status })
    expect(String(fault)).not.toMatch(/sk-secret|127\.0\.0\.1|upstream/)
    expect(timers.waiting).toBe(0)
  })

  it('gives up a piece that is larger than any answer before it is seen', async () => {
    expect((await faultIn('huge-token')).text).toBe('')
  })

  it('cuts an answer off at 64 KiB', async () => {
    expect((await faultIn('endless-answer')).text).toHaveLength(64 * 1024)
  })

  it('is the network where nobody listens', async () => {
    const nobody = await startModelEndpoint()
    await nobody.close()
    const fault = await faultOf(modelAt(nobody.url, 'ok', timers).complete(ASK, listen()))
    expect(fault).toMatchObject({ kind: 'network' })
    expect(timers.waiting).toBe(0)
  })

  it('of the one who listens is not hidden', async () => {
    const bug = new TypeError('a bug in the caller')
    const onText = () => {
      throw bug
    }
    const call = modelAt(endpoint.url, 'ok', timers).complete(ASK, { ...listen(), onText })
    expect(await faultOf(call)).toBe(bug)
  })
})
