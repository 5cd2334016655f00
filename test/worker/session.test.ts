import { env } from 'cloudflare:workers'
import { sign } from 'hono/jwt'
import { describe, expect, it, vi } from 'vitest'

import { readSession, signSession } from '../../src/worker/session.ts'
import { signTicket } from '../../src/worker/tickets.ts'
import { json, signIn, visit, visitWith } from './visitor.ts'

const SECRET = env.SESSION_SECRET ?? ''
const TRUST = { secrets: [SECRET], issuer: undefined }
const GROUP = `g_${'a'.repeat(22)}`

function inAnHour(): number {
  return Math.floor(Date.now() / 1000) + 3_600
}

async function statusFor(token: string): Promise<number> {
  const response = await visit('/api/me', { headers: { authorization: `Bearer ${token}` } })
  return response.status
}

function encode(part: unknown): string {
  return btoa(JSON.stringify(part)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_')
}

describe('POST /api/session', () => {
  it('signs a guest in for thirty days', async () => {
    const before = Date.now()
    const response = await visit('/api/session', json({ name: '  Ada ' }))
    expect(response.status).toBe(201)
    const body = await response.json<{ token: string; expiresAt: number; member: unknown }>()
    expect(body.member).toEqual({ id: expect.stringMatching(/^m_[\w-]{22}$/), name: 'Ada' })
    expect(body.expiresAt).toBeGreaterThan(before + 29.9 * 86_400_000)
    expect(body.expiresAt).toBeLessThanOrEqual(Date.now() + 30 * 86_400_000)
    expect(await statusFor(body.token)).toBe(200)
  })

  it('gives everyone an id of their own', async () => {
    const [one, other] = [await signIn('Ada'), await signIn('Ada')]
    expect(one.id).not.toBe(other.id)
  })

  it.each([
    ['no name', {}],
    ['an empty name', { name: ' ' }],
    ['an endless name', { name: 'x'.repeat(65) }],
    ['a name that is a number', { name: 7 }],
    ['a name that is a list', { name: ['Ada'] }],
    ['a locale that is none', { name: 'Ada', locale: '../..' }],
    ['a list', []],
    ['null', null],
  ])('refuses %s', async (_, body) => {
    const response = await visit('/api/session', json(body))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('is closed where people sign in elsewhere', async () => {
    const response = await visitWith({ SIGN_IN: 'token' }, '/api/session', json({ name: 'Ada' }))
    expect(response.status).toBe(403)
    expect(response.headers.get('set-cookie')).toBeNull()
  })
})

describe('GET /api/me', () => {
  it('says who one is, and in which language', async () => {
    const session = await visit('/api/session', json({ name: 'Ada', locale: 'de-CH' }))
    const { token, member } = await session.json<{ token: string; member: { id: string } }>()
    const me = await visit('/api/me', { headers: { authorization: `bearer ${token}` } })
    expect(await me.json()).toEqual({
      member: { id: member.id, name: 'Ada', locale: 'de-CH' },
      expiresAt: expect.any(Number),
    })
  })

  it.each([
    ['zh-TW,en;q=0.5', 'zh-CN'],
    ['fr,zh', 'en'],
    ['', 'en'],
  ])('takes %j for %s where nothing was said', async (header, locale) => {
    const token = await sign({ sub: 'm_1', name: 'Ada', exp: inAnHour() }, SECRET)
    const headers = { authorization: `Bearer ${token}`, 'accept-language': header }
    const me = await visit('/api/me', { headers })
    expect(await me.json()).toMatchObject({ member: { locale } })
  })

  it('knows nobody without a token', async () => {
    const response = await visit('/api/me')
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'unauthorized' } })
  })
})

describe('a token of another back end', () => {
  it.each([
    ['m_ada-1', /^m_ada-1$/],
    [`m_${'x'.repeat(64)}`, /^m_x{64}$/],
    [`m_${'x'.repeat(65)}`, /^m_[\w-]{22}$/],
    ['ada@example.org', /^m_z-AN3kbvlCYB_6-54oJegC$/],
    ['m_', /^m_[\w-]{22}$/],
    ['m_ä', /^m_[\w-]{22}$/],
    ['assistant', /^m_[\w-]{22}$/],
  ])('speaks for its subject %j', async (sub, id) => {
    const token = await sign({ sub, name: 'Ada', exp: inAnHour(), iat: inAnHour() }, SECRET)
    const person = await readSession(token, TRUST)
    expect(person?.id).toMatch(id)
    expect(person).toEqual(await readSession(token, TRUST))
  })

  it.each<[string, Record<string, unknown>]>([
    ['no exp', { sub: 'm_1', name: 'Ada' }],
    ['an exp in words', { sub: 'm_1', name: 'Ada', exp: 'never' }],
    ['no sub', { name: 'Ada', exp: inAnHour() }],
    ['an empty sub', { sub: '', name: 'Ada', exp: inAnHour() }],
    ['a sub that is a number', { sub: 1, name: 'Ada', exp: inAnHour() }],
    ['no name', { sub: 'm_1', exp: inAnHour() }],
    ['a name that cannot be seen', { sub: 'm_1', name: '\u200B', exp: inAnHour() }],
    ['an exp that has passed', { sub: 'm_1', name: 'Ada', exp: inAnHour() - 3_601 }],
    ['an nbf to come', { sub: 'm_1', name: 'Ada', exp: inAnHour(), nbf: inAnHour() }],
  ])('is refused with %s', async (_, claims) => {
    expect(await statusFor(await sign(claims, SECRET))).toBe(401)
  })

  it('with a language that is none speaks for its subject all the same', async () => {
    const claims = { sub: 'm_1', name: 'Ada', exp: inAnHour(), locale: 7 }
    expect(await readSession(await sign(claims, SECRET), TRUST)).toEqual({
      id: 'm_1',
      name: 'Ada',
      expiresAt: claims.exp * 1000,
    })
  })
})

describe('a forged token', () => {
  const claims = { sub: 'm_1', name: 'Ada', exp: inAnHour() }

  it('of another secret is refused', async () => {
    expect(await statusFor(await sign(claims, 'another secret of 32 characters!'))).toBe(401)
  })

  it('of another algorithm is refused', async () => {
    expect(await statusFor(await sign(claims, SECRET, 'HS512'))).toBe(401)
  })

  it.each(['none', 'None', 'HS256'])('without a signature, alg %s, is refused', async (alg) => {
    expect(await statusFor(`${encode({ alg, typ: 'JWT' })}.${encode(claims)}.`)).toBe(401)
  })

  it('with other claims under an honest signature is refused', async () => {
    const [header, , signature] = (await sign(claims, SECRET)).split('.')
    expect(await statusFor(`${header}.${encode({ ...claims, sub: 'm_2' })}.${signature}`)).toBe(401)
  })

  it.each(['', 'x', 'a.b', 'a.b.c', '....', `${'x'.repeat(5_000)}.x.x`])(
    'that is none at all is refused: %j',
    async (token) => {
      expect(await statusFor(token)).toBe(401)
    },
  )

  it('that is a ticket is refused', async () => {
    const { ticket } = await signTicket(
      { member: 'm_1', group: GROUP, language: 'en', sessionEndsAt: 9e12 },
      SECRET,
    )
    expect(await statusFor(ticket)).toBe(401)
  })
})

it('ends to the second', async () => {
  const { token, expiresAt } = await signSession({ id: 'm_1', name: 'Ada' }, SECRET)
  vi.useFakeTimers({ toFake: ['Date'], now: expiresAt - 1 })
  try {
    expect(await readSession(token, TRUST)).toMatchObject({ id: 'm_1' })
    vi.setSystemTime(expiresAt)
    expect(await readSession(token, TRUST)).toBeUndefined()
  } finally {
    vi.useRealTimers()
  }
})
