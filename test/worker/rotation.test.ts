import { env } from 'cloudflare:workers'
import { sign } from 'hono/jwt'
import { describe, expect, it } from 'vitest'

import type { Env } from '../../src/env.ts'
import { readSession, signSession } from '../../src/worker/session.ts'
import { HERE, json, signIn, visitWith } from './visitor.ts'

const OLD = env.SESSION_SECRET ?? ''
const NEW = 'the secret that came after it, also long'

describe('after the secret was changed', () => {
  const ROTATED: Partial<Env> = { SESSION_SECRET: NEW, SESSION_SECRET_PREVIOUS: OLD }

  it('a session of the old one is good while that is still named, and no longer', async () => {
    const { headers } = await signIn('Ada')
    expect((await visitWith(ROTATED, '/api/me', { headers })).status).toBe(200)
    expect((await visitWith({ SESSION_SECRET: NEW }, '/api/me', { headers })).status).toBe(401)
  })

  it('new sessions are signed with the new one', async () => {
    const before = await signIn('Ada')
    const init = json({ name: 'Ada L.' }, before.headers)
    const response = await visitWith(ROTATED, '/api/session', init)
    const { token, member } = await response.json<{ token: string; member: { id: string } }>()
    expect(member.id).toBe(before.id)
    const headers = { authorization: `Bearer ${token}` }
    expect((await visitWith({ SESSION_SECRET: NEW }, '/api/me', { headers })).status).toBe(200)
    expect((await visitWith({ SESSION_SECRET: OLD }, '/api/me', { headers })).status).toBe(401)
  })

  it('a ticket of the old one opens its connection while that is still named', async () => {
    const ada = await signIn('Ada')
    const lobby = await ada.found('Lobby')
    async function knockWith(changes: Partial<Env>): Promise<Response> {
      const answer = await ada.post(`/api/groups/${lobby}/ticket`)
      const { ticket } = await answer.json<{ ticket: string }>()
      const protocols = `parley.v1, ticket.${ticket}`
      return visitWith(changes, `/api/groups/${lobby}/socket`, {
        headers: { upgrade: 'websocket', 'sec-websocket-protocol': protocols },
      })
    }
    const opened = await knockWith(ROTATED)
    expect(opened.status).toBe(101)
    opened.webSocket?.accept()
    opened.webSocket?.close()
    expect((await knockWith({ SESSION_SECRET: NEW })).status).toBe(401)
  })

  it('a secret before it that could be guessed is named, and never quoted', async () => {
    const short = 'x'.repeat(31)
    const me = await visitWith({ SESSION_SECRET_PREVIOUS: short }, '/api/me')
    expect(await me.text()).toContain('SESSION_SECRET_PREVIOUS')
    for (const path of ['/api/me', '/api/health', '/', '/metrics']) {
      const response = await visitWith({ SESSION_SECRET_PREVIOUS: short }, path)
      const text = await response.text()
      expect(response.status).toBe(503)
      expect(text).not.toContain(short)
    }
    expect((await visitWith({ SESSION_SECRET_PREVIOUS: '' }, '/api/me')).status).toBe(401)
  })
})

describe('where people sign in elsewhere', () => {
  const TOKENS: Partial<Env> = { SIGN_IN: 'token' }

  async function tokenFor(seconds: number, more: object = {}): Promise<string> {
    const exp = Math.floor(Date.now() / 1000) + seconds
    return sign({ sub: 'ada@example.org', name: 'Ada', exp, ...more }, OLD)
  }

  async function bring(token: string, headers: Record<string, string> = {}): Promise<Response> {
    return visitWith(TOKENS, '/api/session', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
  }

  it('a browser keeps the token that its back end signed, until that ends', async () => {
    const token = await tokenFor(3_600)
    const response = await bring(token)
    expect([response.status, await response.json()]).toEqual([
      201,
      {
        token,
        expiresAt: expect.any(Number),
        member: { id: expect.stringMatching(/^m_/), name: 'Ada' },
      },
    ])
    const [pair = '', ...attributes] = (response.headers.get('set-cookie') ?? '').split('; ')
    expect(pair).toBe(`__Host-parley=${token}`)
    const maxAge = attributes.find((name) => name.startsWith('Max-Age='))
    expect(Number(maxAge?.slice(8))).toBeGreaterThan(3_590)
    expect(Number(maxAge?.slice(8))).toBeLessThanOrEqual(3_600)
    const me = await visitWith(TOKENS, '/api/me', { headers: { cookie: pair } })
    expect(await me.json()).toMatchObject({ member: { name: 'Ada' } })
  })

  it.each([
    ['no token', {}, 403],
    ['a token that is none', { authorization: 'Bearer a.b.c' }, 401],
    ['another scheme', { authorization: 'Basic YTpi' }, 401],
  ])('nobody is signed in with %s', async (_, headers, status) => {
    const response = await visitWith(TOKENS, '/api/session', json({ name: 'Ada' }, headers))
    expect(response.status).toBe(status)
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('a cookie alone renews nothing', async () => {
    const cookie = `__Host-parley=${await tokenFor(3_600)}`
    const response = await visitWith(TOKENS, '/api/session', json({ name: 'Eve' }, { cookie }))
    expect(response.status).toBe(403)
  })

  it('a token that no browser would keep is refused', async () => {
    const token = await tokenFor(3_600, { padding: 'x'.repeat(2_850) })
    expect(token.length).toBeGreaterThan(3_900)
    expect(token.length).toBeLessThanOrEqual(4_096)
    const response = await bring(token)
    expect([response.status, response.headers.get('set-cookie')]).toEqual([413, null])
  })

  it('a session ends within a year, whatever its token says', async () => {
    for (const exp of [9e12, 1e300]) {
      const token = await sign({ sub: 'm_1', name: 'Ada', exp }, OLD)
      const person = await readSession(token, { secrets: [OLD], issuer: undefined })
      const latest = Date.now() + 366 * 86_400_000
      expect(person?.expiresAt).toBeLessThanOrEqual(latest)
      expect(person?.expiresAt).toBeGreaterThan(latest - 10_000)
      expect((await bring(token)).status).toBe(201)
    }
  })
})

describe('signing out', () => {
  async function signOut(headers: Record<string, string>, at = HERE): Promise<Response> {
    return visitWith({}, '/api/session', { method: 'DELETE', headers }, at)
  }

  it.each([
    ['__Host-parley=', HERE, true],
    ['parley=', 'http://localhost:8800', false],
  ])('has the browser forget its cookie %s', async (name, at, isSecure) => {
    const { token } = await signSession({ id: 'm_1', name: 'Ada' }, OLD)
    const response = await signOut({ cookie: name + token, origin: at }, at)
    expect([response.status, await response.json()]).toEqual([200, { signedOut: true }])
    const [pair, ...attributes] = (response.headers.get('set-cookie') ?? '').split('; ')
    expect(pair).toBe(name)
    expect(attributes).toContain('Max-Age=0')
    expect(attributes).toContain('Path=/')
    expect(attributes.includes('Secure')).toBe(isSecure)
  })

  it.each([
    ['nobody', {}],
    ['somebody whose session has ended', { cookie: '__Host-parley=a.b.c', origin: HERE }],
    ['a program with a token', { authorization: 'Bearer a.b.c' }],
  ])('is open to %s', async (_, headers) => {
    expect((await signOut(headers)).status).toBe(200)
  })

  it.each([
    ['another page', { origin: 'https://evil.test' }],
    ['a sandbox, with the cookie', { origin: 'null', cookie: '__Host-parley=a.b.c' }],
    ['a neighbor', { 'sec-fetch-site': 'same-site' }],
    ['who knows whom, with the cookie', { cookie: '__Host-parley=a.b.c' }],
  ])('is not for %s', async (_, headers) => {
    const response = await signOut(headers)
    expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null])
  })
})
