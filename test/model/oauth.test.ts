import { beforeEach, describe, expect, it, test } from 'vitest'

import { credentialsFor } from '../../src/model/credentials.ts'
import type { CredentialMemory } from '../../src/model/credentials.ts'
import { ManualTimers } from './manual-timers.ts'
import { faultOf, turn } from './stand-in/calls.ts'

const CLIENT = {
  tokenUrl: 'https://login.example/token',
  clientId: 'parley:1',
  clientSecret: 'p@ss word',
  scope: 'chat',
}

let timers: ManualTimers
let memory: CredentialMemory
let asked: RequestInit[]
let answer: () => Promise<Response>

beforeEach(() => {
  timers = new ManualTimers()
  memory = { token: undefined, restUntil: new Map() }
  asked = []
  answer = async () => tokenResponse(`token-${asked.length}`)
})

function tokenResponse(token: string, fields: object = { expires_in: 100 }): Response {
  return Response.json({ access_token: token, token_type: 'Bearer', ...fields })
}

function credentials() {
  return credentialsFor(
    { kind: 'oauth', client: CLIENT },
    {
      memory,
      fetch: async (_, init) => {
        asked.push(init)
        return answer()
      },
      startTimer: timers.start,
      now: () => timers.now,
    },
  )
}

const open = new AbortController().signal

describe('a token by client credentials', () => {
  it('is asked for as RFC 6749 wants it, both halves encoded', async () => {
    expect(await credentials().token(open)).toBe('token-1')
    const [request] = asked
    expect(request).toMatchObject({
      method: 'POST',
      body: 'grant_type=client_credentials&scope=chat',
      redirect: 'manual',
      headers: { authorization: `Basic ${btoa('parley%3A1:p%40ss+word')}` },
    })
    expect(timers.waiting).toBe(0)
  })

  it('is fetched once for many calls, and for other groups of the process', async () => {
    const one = credentials()
    const tokens = await Promise.all([one.token(open), one.token(open), one.token(open)])
    expect(tokens).toEqual(['token-1', 'token-1', 'token-1'])
    expect(await credentials().token(open)).toBe('token-1')
    expect(asked).toHaveLength(1)
  })

  it('is replaced at four fifths of its life', async () => {
    const one = credentials()
    await one.token(open)
    timers.advance(79_999)
    expect(await one.token(open)).toBe('token-1')
    timers.advance(1)
    expect(await one.token(open)).toBe('token-2')
  })

  it('is used to its end where its issuer is away', async () => {
    const one = credentials()
    await one.token(open)
    answer = async () => new Response('', { status: 500 })
    timers.advance(99_999)
    expect(await one.token(open)).toBe('token-1')
    timers.advance(1)
    expect(await faultOf(one.token(open))).toMatchObject({ kind: 'server', status: 500 })
  })

  it('is fetched anew once it was not taken', async () => {
    const one = credentials()
    const token = await one.token(open)
    expect(one.reject(token)).toBe(true)
    expect(await one.token(open)).toBe('token-2')
    one.reject(token)
    expect(await one.token(open)).toBe('token-2')
  })

  it('without a stated life lives five minutes', async () => {
    answer = async () => tokenResponse(`token-${asked.length}`, {})
    const one = credentials()
    await one.token(open)
    timers.advance(239_999)
    expect(await one.token(open)).toBe('token-1')
    timers.advance(1)
    expect(await one.token(open)).toBe('token-2')
  })

  it('is not waited for by a call that was stopped, while others still get it', async () => {
    const issued = Promise.withResolvers<Response>()
    answer = () => issued.promise
    const one = credentials()
    const stopped = new AbortController()
    const call = faultOf(one.token(stopped.signal))
    const other = one.token(open)
    stopped.abort('enough')
    expect(await call).toBe('enough')
    issued.resolve(tokenResponse('late'))
    expect(await other).toBe('late')
    expect(asked).toHaveLength(1)
  })

  it('is given up after ten seconds, and asked for again by the next call', async () => {
    answer = () =>
      new Promise((_, reject) => {
        asked.at(-1)?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      })
    const one = credentials()
    const call = faultOf(one.token(open))
    await turn()
    timers.advance(10_000)
    expect(await call).toMatchObject({ kind: 'network' })
    expect(timers.waiting).toBe(0)
    answer = async () => tokenResponse('new')
    expect(await one.token(open)).toBe('new')
  })
})

test.each([
  ['auth', () => Response.json({ error: 'invalid_client p@ss word' }, { status: 400 })],
  ['auth', () => new Response('p@ss word', { status: 401 })],
  ['rate', () => new Response('p@ss word', { status: 429 })],
  ['protocol', () => new Response('', { status: 302 })],
  ['protocol', () => new Response('<p>p@ss word')],
  ['protocol', () => tokenResponse('two words')],
  ['protocol', () => tokenResponse('t', { token_type: 'mac' })],
] as const)(
  'an issuer that gives no token is a fault of kind %s and is not quoted',
  async (kind, say) => {
    answer = async () => say()
    const fault = await faultOf(credentials().token(open))
    expect(fault).toMatchObject({ kind })
    expect(String(fault)).not.toMatch(/p@ss|login\.example/)
    expect(timers.waiting).toBe(0)
  },
)
