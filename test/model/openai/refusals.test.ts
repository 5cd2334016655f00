import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'

import { credentialsFor } from '../../../src/model/credentials.ts'
import type { Access, Profile } from '../../../src/model/endpoint.ts'
import { OpenAiModel } from '../../../src/model/openai.ts'
import { Dialect } from '../../../src/model/openai/dialect.ts'
import { askIn, listen } from '../conversation.ts'
import { ManualTimers } from '../manual-timers.ts'
import { faultOf, LIMITS } from '../stand-in/calls.ts'

const ASK = askIn(
  Array.from({ length: 20 }, (_, at) => `Ada: ${'word '.repeat(50)}${at}`),
  'Bo: @assistant well?',
)

interface Sent {
  readonly body: Readonly<Record<string, unknown>>
  readonly key: string | null
}

let timers: ManualTimers
let sent: Sent[]
let respond: (sent: Sent) => Response

beforeEach(() => {
  timers = new ManualTimers()
  sent = []
  respond = () => good()
})

afterEach(() => {
  if (timers.waiting > 0) throw new Error('a timer was left behind')
})

function good(): Response {
  const message = { role: 'assistant', content: 'Yes.' }
  return Response.json({ choices: [{ message, finish_reason: 'stop' }] })
}

function no(status: number, words = '', headers: Record<string, string> = {}): Response {
  return new Response(words, { status, headers })
}

function modelWith(access: Access = { kind: 'none' }, profile: Profile = {}): OpenAiModel {
  const ports = {
    fetch: async (_: string, init: RequestInit) => {
      const body: Sent['body'] = JSON.parse(typeof init.body === 'string' ? init.body : '')
      const request = { body, key: new Headers(init.headers).get('authorization') }
      sent.push(request)
      return respond(request)
    },
    startTimer: timers.start,
    now: () => timers.now,
  }
  const memory = { token: undefined, restUntil: new Map<number, number>() }
  return new OpenAiModel({
    ...ports,
    endpoint: { id: 'e', baseUrl: 'https://model.example/v1', model: 'm', access, profile },
    limits: LIMITS,
    credentials: credentialsFor(access, { ...ports, memory }),
    dialect: new Dialect(profile),
  })
}

const answer = (model: OpenAiModel) => model.complete(ASK, listen())
const keysSent = () => sent.map(({ key }) => key)

describe('a key that is not taken', () => {
  const KEYS = { kind: 'keys', keys: ['old', 'new'] } as const
  const onlyNew = ({ key }: Sent) => (key === 'Bearer new' ? good() : no(401))

  test.each([401, 403])('makes way for the next one at once (%i)', async (status) => {
    respond = (request) => (request.key === 'Bearer new' ? good() : no(status))
    await answer(modelWith(KEYS))
    expect(keysSent()).toEqual(['Bearer old', 'Bearer new'])
  })

  it('rests for a minute', async () => {
    respond = onlyNew
    const model = modelWith(KEYS)
    await answer(model)
    timers.advance(59_999)
    await answer(model)
    expect(keysSent()).toEqual(['Bearer old', 'Bearer new', 'Bearer new'])
    timers.advance(1)
    respond = () => good()
    await answer(model)
    expect(keysSent().at(-1)).toBe('Bearer old')
  })

  it('is followed by one more try and no third', async () => {
    respond = () => no(401, 'bad key old')
    const access = { kind: 'keys', keys: ['old', 'new', 'third'] } as const
    const fault = await faultOf(answer(modelWith(access)))
    expect(fault).toMatchObject({ kind: 'auth', status: 401 })
    expect(String(fault)).not.toContain('old')
    expect(keysSent()).toEqual(['Bearer old', 'Bearer new'])
  })

  it('is not tried again where there is no other', async () => {
    respond = () => no(403)
    await faultOf(answer(modelWith({ kind: 'keys', keys: ['only'] })))
    await faultOf(answer(modelWith()))
    expect(keysSent()).toEqual(['Bearer only', null])
  })
})

describe('a prompt that is too long', () => {
  const lengthOf = ({ body }: Sent) => JSON.stringify(body['messages']).length

  it('is sent once more with the newer half of the history', async () => {
    respond = () => (sent.length === 1 ? no(400, 'maximum context length; max_tokens') : good())
    await answer(modelWith())
    const [whole = 0, half = 0] = sent.map(lengthOf)
    expect(sent).toHaveLength(2)
    expect(half).toBeLessThan(whole * 0.65)
    const texts = JSON.stringify(sent[1]?.body['messages'])
    expect(texts).toContain('word 19')
    expect(texts).not.toContain('word 5')
    expect(texts).toContain('well?')
    expect(sent[1]?.body).toHaveProperty('max_tokens')
  })

  it('is given up after that', async () => {
    respond = () => no(413)
    expect(await faultOf(answer(modelWith()))).toMatchObject({ kind: 'context' })
    expect(sent).toHaveLength(2)
  })
})

describe('a profile', () => {
  it('renames the limit of an answer, or leaves it out', async () => {
    await answer(modelWith(undefined, { maxTokens: 'max_completion_tokens' }))
    await answer(modelWith(undefined, { maxTokens: 'none', streamOptions: false }))
    expect(sent[0]?.body).toMatchObject({ max_completion_tokens: 2_048 })
    expect(sent[0]?.body).not.toHaveProperty('max_tokens')
    expect(Object.keys(sent[1]?.body ?? {})).toEqual(['model', 'messages', 'stream'])
  })

  it('folds the instructions into the first of two alternating sides', async () => {
    await answer(modelWith(undefined, { alternate: true }))
    const messages = sent[0]?.body['messages']
    expect(messages).toMatchObject([{ role: 'user' }])
    expect(JSON.stringify(messages)).toContain('You are')
  })

  it('is learned from a refusal that names the other limit', async () => {
    respond = ({ body }) =>
      'max_tokens' in body ? no(400, "use 'max_completion_tokens', not 'max_tokens'") : good()
    await answer(modelWith())
    expect(sent[1]?.body).toMatchObject({ max_completion_tokens: 2_048 })
  })

  it('without a limit makes an answer dearer beforehand', () => {
    const bound = modelWith().estimate(ASK)
    const unbound = modelWith(undefined, { maxTokens: 'none' }).estimate(ASK)
    expect(unbound.inputTokens).toBe(bound.inputTokens)
    expect(unbound.outputTokens).toBeGreaterThan(bound.outputTokens)
  })
})

test.each([
  ['7', 7_000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:00:30 GMT', 30_000],
  ['Thu, 01 Jan 1960 00:00:30 GMT', 0],
  ['soon', undefined],
  ['-3', undefined],
])('Retry-After: %s asks for %s ms of peace', async (header, ms) => {
  respond = () => no(429, '', { 'retry-after': header })
  const fault = await faultOf(answer(modelWith()))
  expect(fault).toMatchObject({ kind: 'rate', retryAfterMs: ms })
})

it('is learned once by calls that go on side by side, and each of them is answered', async () => {
  const dialect = new Dialect({})
  const first = dialect.parameters()
  const second = dialect.parameters()
  const refusal = 'Unsupported parameter: max_tokens. Use max_completion_tokens instead.'
  expect([first, second].map((sent) => dialect.learn(400, refusal, sent))).toEqual([true, true])
  expect(dialect.parameters()).toHaveProperty('max_completion_tokens')
  expect(dialect.learn(400, 'max_tokens is wrong', dialect.parameters())).toBe(false)
})
