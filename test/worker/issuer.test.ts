import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import type { GenerateKeyPairResult } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Env } from '../../src/env.ts'
import { json, visitWith } from './visitor.ts'

const HOUR = 3_600

let rsa: GenerateKeyPairResult
let curve: GenerateKeyPairResult
let count = 0
let url: string
let published: unknown
let loads: number

beforeAll(async () => {
  const extractable = { extractable: true }
  rsa = await generateKeyPair('RS256', extractable)
  curve = await generateKeyPair('ES256', extractable)
})

// An issuer of its own for each test: its keys are kept for as long as the isolate lives.
beforeEach(async () => {
  count += 1
  url = `https://issuer-${count}.example/keys`
  published = {
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256' },
      { ...(await exportJWK(curve.publicKey)), kid: 'curve', alg: 'ES256' },
    ],
  }
  loads = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (address) => {
    loads += 1
    if (address !== url) throw new TypeError('nobody is there')
    return Response.json(published)
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

type Claims = Readonly<Record<string, unknown>>

const claims = { sub: 'ada@example.org', name: 'Ada' }

/** A token of the issuer. */
async function issue(
  what: Claims = claims,
  header: { readonly alg?: string; readonly kid?: string } = {},
): Promise<string> {
  const { alg = 'RS256' } = header
  const { privateKey } = alg === 'RS256' ? rsa : curve
  const claims = { exp: inSeconds(HOUR), ...what }
  const kid = alg === 'RS256' ? 'rsa' : 'curve'
  return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey)
}

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

/** What a deployment that trusts the issuer answers to a token. */
async function me(token: string, changes: Partial<Env> = {}): Promise<Response> {
  return visitWith({ JWKS_URL: url, ...changes }, '/api/me', { headers: authorized(token) })
}

function authorized(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

async function statusOf(token: string, changes: Partial<Env> = {}): Promise<number> {
  return (await me(token, changes)).status
}

describe('a token of the issuer', () => {
  it.each(['RS256', 'ES256'])('signed with %s signs its subject in', async (alg) => {
    const response = await me(await issue({ ...claims, locale: 'zh-CN' }, { alg }))
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { member: { id: 'm_z-AN3kbvlCYB_6-54oJegC', name: 'Ada', locale: 'zh-CN' } },
    ])
  })

  it('is worth nothing where no issuer is named', async () => {
    expect(await statusOf(await issue(), { JWKS_URL: '' })).toBe(401)
    expect(loads).toBe(0)
  })

  it('may say how somebody prefers to be called, where it has no name', async () => {
    const token = await issue({ sub: 'm_1', preferred_username: 'ada.l' })
    expect(await (await me(token)).json()).toMatchObject({ member: { name: 'ada.l' } })
    expect(await statusOf(await issue({ sub: 'm_1' }))).toBe(401)
    const both = await issue({ sub: 'm_1', name: '\u200B', preferred_username: 'ada.l' })
    expect(await statusOf(both)).toBe(401)
  })

  it.each<[string, Claims]>([
    ['no end', { exp: undefined }],
    ['an end that has passed', { exp: 1_000_000_000 }],
    ['an nbf to come', { nbf: 99_999_999_999 }],
    ['no subject', { sub: undefined }],
  ])('is refused with %s', async (_, change) => {
    expect(await statusOf(await issue({ ...claims, ...change }))).toBe(401)
  })

  it('ends to the second', async () => {
    const exp = inSeconds(60)
    const token = await issue({ ...claims, exp })
    vi.useFakeTimers({ toFake: ['Date'], now: exp * 1000 - 1 })
    expect(await statusOf(token)).toBe(200)
    vi.setSystemTime(exp * 1000)
    expect(await statusOf(token)).toBe(401)
  })

  it.each([
    [{ JWKS_ISSUER: 'https://a.example' }, { iss: 'https://a.example' }, 200],
    [{ JWKS_ISSUER: 'https://a.example' }, { iss: 'https://b.example' }, 401],
    [{ JWKS_ISSUER: 'https://a.example' }, {}, 401],
    [{ JWKS_AUDIENCE: 'parley' }, { aud: ['other', 'parley'] }, 200],
    [{ JWKS_AUDIENCE: 'parley' }, { aud: 'other' }, 401],
    [{ JWKS_AUDIENCE: 'parley' }, {}, 401],
    [{ JWKS_AUDIENCE: '', JWKS_ISSUER: '' }, { aud: 'other', iss: 'x' }, 200],
  ])('where %j is set and it says %j is answered with %i', async (changes, change, status) => {
    expect(await statusOf(await issue({ ...claims, ...change }), changes)).toBe(status)
  })
})

it('signs nobody in for longer than the issuer said, though guests may come', async () => {
  const token = await issue()
  const path = '/api/session'
  const settings = { JWKS_URL: url }
  const kept = await visitWith(settings, path, json({ name: 'Eve' }, authorized(token)))
  expect([kept.status, await kept.json()]).toMatchObject([201, { token, member: { name: 'Ada' } }])
  const cookie = `__Host-parley=${token}`
  expect((await visitWith(settings, path, json({ name: 'Eve' }, { cookie }))).status).toBe(403)
})

describe('a token that another key signed', () => {
  it('is refused though it names a key of the issuer', async () => {
    const stranger = await generateKeyPair('RS256')
    const forged = new SignJWT({ ...claims, exp: inSeconds(HOUR) })
    const header = { alg: 'RS256', kid: 'rsa' }
    expect(await statusOf(await forged.setProtectedHeader(header).sign(stranger.privateKey))).toBe(
      401,
    )
  })

  it('is refused where its algorithm is not that of the key it names', async () => {
    expect(await statusOf(await issue(claims, { alg: 'ES256', kid: 'rsa' }))).toBe(401)
  })

  it('is refused though the key is the public key of the issuer, in any spelling', async () => {
    const jwk = await exportJWK(rsa.publicKey)
    const pem = await exportSPKI(rsa.publicKey)
    const spellings = [pem, pem.trim(), JSON.stringify(jwk), JSON.stringify(published), jwk.n ?? '']
    for (const kid of ['rsa', 'curve', undefined]) {
      for (const spelling of spellings) {
        const forged = new SignJWT({ ...claims, exp: inSeconds(HOUR) })
        const header = { alg: 'HS256', ...(kid !== undefined && { kid }) }
        const secret = new TextEncoder().encode(spelling)
        expect(await statusOf(await forged.setProtectedHeader(header).sign(secret))).toBe(401)
      }
    }
    expect(loads).toBe(0)
  })
})

describe('the keys of the issuer', () => {
  it('are loaded once', async () => {
    for (let call = 0; call < 3; call += 1) expect(await statusOf(await issue())).toBe(200)
    expect(loads).toBe(1)
  })

  it('are loaded anew for a key that is not among them, but only now and then', async () => {
    expect(await statusOf(await issue())).toBe(200)
    const before = published
    published = { keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'new', alg: 'RS256' }] }
    const start = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: start })
    const fresh = await issue(claims, { kid: 'new' })
    for (let call = 0; call < 5; call += 1) expect(await statusOf(fresh)).toBe(401)
    expect([loads, published === before]).toEqual([1, false])
    vi.setSystemTime(start + 30_001)
    expect(await statusOf(fresh)).toBe(200)
    for (let call = 0; call < 5; call += 1) {
      expect(await statusOf(await issue(claims, { kid: `none-${call}` }))).toBe(401)
    }
    expect(loads).toBe(2)
  })

  it.each<[string, () => Promise<Response>]>([
    ['are out of reach', async () => Promise.reject(new TypeError('connection refused'))],
    ['take too long', async () => Promise.reject(new DOMException('late', 'TimeoutError'))],
    ['are an error', async () => new Response('down', { status: 500 })],
    ['have moved', async () => Response.redirect('https://evil.test/keys')],
    ['are no JSON', async () => new Response('<html>')],
    ['are none', async () => Response.json({ keys: 'none' })],
  ])('that %s are no reason to send anybody away for good', async (_, answer) => {
    vi.mocked(globalThis.fetch).mockImplementation(answer)
    const response = await me(await issue())
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await response.json()).toMatchObject({ error: { code: 'busy' } })
  })

  it('that are out of reach are not asked for without end, and not for long', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const start = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: start })
    const working = vi.mocked(globalThis.fetch).getMockImplementation()
    vi.mocked(globalThis.fetch).mockImplementation(async () => {
      loads += 1
      throw new TypeError('connection refused')
    })
    const token = await issue()
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => statusOf(token)))
    expect(new Set(statuses)).toEqual(new Set([503]))
    expect(loads).toBe(10)
    if (working) vi.mocked(globalThis.fetch).mockImplementation(working)
    vi.setSystemTime(start + 30_001)
    expect(await statusOf(token)).toBe(200)
  })

  it('are not waited for when nobody needs them', async () => {
    const response = await visitWith({ JWKS_URL: url }, '/api/session', json({ name: 'Ben' }))
    const { token } = await response.json<{ token: string }>()
    expect(await statusOf(token)).toBe(200)
    expect(loads).toBe(0)
  })
})

it.each([
  ['https://issuer.example/keys', 401],
  ['http://localhost:8080/keys', 401],
  ['http://127.0.0.1/keys', 401],
  ['http://[::1]:9/keys', 401],
  ['http://issuer.example/keys', 503],
  ['http://127.0.0.1.evil.test/keys', 503],
  ['https://user:secret@issuer.example/keys', 503],
  ['file:///keys', 503],
  ['issuer.example', 503],
])('JWKS_URL %s: nobody is answered with %i', async (address, status) => {
  const response = await visitWith({ JWKS_URL: address }, '/api/me')
  expect(response.status).toBe(status)
  if (status === 401) return
  const text = await response.text()
  expect(JSON.parse(text)).toMatchObject({
    error: { code: 'not_configured', message: expect.stringContaining('JWKS_URL') },
  })
  expect(text).not.toContain(address)
})
