import { describe, expect, it } from 'vitest'

import { HERE, json, visit, visitWith } from './visitor.ts'

/** Signs in as a browser does and answers with the cookie that it would send along. */
async function cookieOf(name: string, at = HERE): Promise<string> {
  const response = await visit('/api/session', json({ name }), at)
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

async function meOf(headers: Record<string, string>, at = HERE): Promise<unknown> {
  const response = await visit('/api/me', { headers }, at)
  return response.status === 200 ? response.json() : response.status
}

describe('the session cookie', () => {
  it('is out of reach of scripts, other sites and plain http', async () => {
    const response = await visit('/api/session', json({ name: 'Ada' }))
    const [pair, ...attributes] = (response.headers.get('set-cookie') ?? '').split('; ')
    expect(pair).toMatch(/^__Host-parley=[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(attributes.toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=2592000',
      'Path=/',
      'SameSite=Strict',
      'Secure',
    ])
  })

  it('works on loopback, which has no https', async () => {
    const at = 'http://localhost:8800'
    const response = await visit('/api/session', json({ name: 'Ada' }), at)
    const header = response.headers.get('set-cookie') ?? ''
    expect(header).toMatch(/^parley=/)
    expect(header).not.toContain('Secure')
    expect(await meOf({ cookie: header.split(';')[0] ?? '' }, at)).toMatchObject({
      member: { name: 'Ada' },
    })
  })

  it('without its prefix is no cookie of ours on https', async () => {
    const cookie = await cookieOf('Ada')
    expect(await meOf({ cookie: cookie.replace('__Host-', '') })).toBe(401)
  })

  it('keeps the member when the name changes', async () => {
    const cookie = await cookieOf('Ada')
    const before = await meOf({ cookie })
    const response = await visit('/api/session', json({ name: 'Ada L.' }, { cookie }))
    expect(response.status).toBe(201)
    const { member } = await response.json<{ member: { id: string; name: string } }>()
    expect(before).toMatchObject({ member: { id: member.id, name: 'Ada' } })
    expect(member.name).toBe('Ada L.')
  })

  it('that is worth nothing is no reason not to sign in', async () => {
    const cookie = '__Host-parley=a.b.c'
    const response = await visit('/api/session', json({ name: 'Ada' }, { cookie }))
    expect(response.status).toBe(201)
  })

  it('yields to a token that was sent on purpose, good or bad', async () => {
    const cookie = await cookieOf('Ada')
    const response = await visit('/api/session', json({ name: 'Ben' }))
    const { token } = await response.json<{ token: string }>()
    const ben = { cookie, authorization: `Bearer ${token}` }
    expect(await meOf(ben)).toMatchObject({ member: { name: 'Ben' } })
    expect(await meOf({ cookie, authorization: 'Bearer a.b.c' })).toBe(401)
    expect(await meOf({ cookie, authorization: 'Basic YTpi' })).toBe(401)
  })
})

describe('a request that carries the cookie', () => {
  // The id has the wrong shape, so that only the front door decides: 404 is leave to go on.
  const CHANGE = '/api/groups/g_none'

  async function statusWith(headers: Record<string, string>, method = 'DELETE'): Promise<number> {
    const cookie = await cookieOf('Ada')
    const response = await visitWith({ ALLOWED_ORIGINS: 'https://chat.example' }, CHANGE, {
      method,
      headers: { cookie, ...headers },
    })
    return response.status
  }

  it.each([
    ['of our own page', { origin: HERE }],
    ['of a page that is listed', { origin: 'https://chat.example' }],
    ['that the browser vouches for', { 'sec-fetch-site': 'same-origin' }],
    ['that the person typed in', { 'sec-fetch-site': 'none' }],
    ['of a program that says JSON', { 'content-type': 'application/json; charset=utf-8' }],
  ])('may change things: %s', async (_, headers) => {
    expect(await statusWith(headers)).toBe(404)
  })

  it.each([
    ['of another page', { origin: 'https://evil.test' }],
    ['of a sandbox', { origin: 'null' }],
    ['of another page that says JSON', { origin: HERE + ':1', 'content-type': 'application/json' }],
    ['of a neighbor', { 'sec-fetch-site': 'same-site', 'content-type': 'application/json' }],
    ['of another site', { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' }],
    ['of a form', { 'content-type': 'text/plain' }],
    ['of who knows whom', {}],
  ])('may not change things: %s', async (_, headers) => {
    expect(await statusWith(headers)).toBe(403)
  })

  it('may read, whoever sends it', async () => {
    expect(await statusWith({ origin: 'https://evil.test' }, 'GET')).toBe(404)
  })

  it('may not rename anyone from elsewhere', async () => {
    const cookie = await cookieOf('Ada')
    const init = json({ name: 'Eve' }, { cookie, origin: 'https://evil.test' })
    expect((await visit('/api/session', init)).status).toBe(403)
  })

  it.each([
    ['another page', { origin: 'https://evil.test' }],
    ['a sandbox', { origin: 'null' }],
    ['a neighbor', { 'sec-fetch-site': 'same-site' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
  ])('is not handed out to %s, which would have somebody act as its own', async (_, headers) => {
    const response = await visit('/api/session', json({ name: 'Eve' }, headers))
    expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null])
  })

  it('may change anything from anywhere with a token instead', async () => {
    const response = await visit('/api/session', json({ name: 'Ben' }))
    const { token } = await response.json<{ token: string }>()
    const headers = { authorization: `Bearer ${token}`, origin: 'https://evil.test' }
    expect((await visit(CHANGE, { method: 'DELETE', headers })).status).toBe(404)
  })
})
