import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'

import type { Env } from '../../src/env.ts'
import { REFUSAL_CODES } from '../../src/protocol/codes.ts'
import { app } from '../../src/worker/app.ts'
import { statusOf } from '../../src/worker/refusals.ts'
import { HERE, json, signIn, visit, visitWith } from './visitor.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('health', () => {
  it('says that all is well, and which version runs', async () => {
    const response = await visit('/api/health')
    expect([response.status, await response.json()]).toEqual([
      200,
      { ok: true, version: env.VERSION.id },
    ])
  })
})

describe('without a secret that is worth signing with', () => {
  const { SESSION_SECRET: _, ...bare } = env
  const short: Env = { ...bare, SESSION_SECRET: 's'.repeat(31) }
  const paths = ['/api/session', '/api/nothing', '/metrics', '/g/x', '/', `/api/groups/x/socket`]

  it.each([bare, short])('nothing is served, and the reason is said', async (environment) => {
    for (const path of paths) {
      const response = await app.fetch(new Request(HERE + path), environment)
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({
        error: { code: 'not_configured', message: expect.stringContaining('SESSION_SECRET') },
      })
    }
    const health = await app.fetch(new Request(`${HERE}/api/health`), environment)
    expect([health.status, await health.json()]).toMatchObject([503, { ok: false }])
  })

  it('32 characters are enough', async () => {
    const response = await visitWith({ SESSION_SECRET: 's'.repeat(32) }, '/api/me')
    expect(response.status).toBe(401)
  })
})

it.each([
  { LIMIT_TEXT_CHARS: '-1' },
  { LIMIT_REPLIES_PER_MINUTE: '1.5' },
  { QUOTA_GROUP_TOKENS_PER_DAY: 'plenty' },
  { ARCHIVE_SEGMENT_EVENTS: 'NaN' },
  { MODEL_BASE_URL: 'nowhere', MODEL_NAME: 'x' },
  { MODEL_BASE_URL: 'https://model.test/v1', MODEL_NAME: '' },
  { JWKS_URL: 'http://issuer.test/keys' },
])('serves nothing with %j, names the variable and does not repeat its value', async (wrong) => {
  const [response, health] = [
    await visitWith(wrong, '/api/me'),
    await visitWith(wrong, '/api/health'),
  ]
  expect([response.status, health.status]).toEqual([503, 503])
  const said = `${await response.text()} ${await health.text()}`
  const named = Object.keys(wrong).filter((name) => said.includes(name))
  expect(named.length).toBeGreaterThan(0)
  expect(said).not.toMatch(/plenty|nowhere|issuer\.test|model\.test/)
})

describe('an address where nothing is', () => {
  it.each([
    '/api',
    '/api/',
    '/api/nothing',
    '/api/groups/x/nothing',
    `/api/groups/g_${'a'.repeat(22)}/uploads`,
    `/api/groups/g_${'a'.repeat(22)}/export?format=ndjson`,
    '/nothing',
  ])('%s says so', async (path) => {
    const ada = await signIn('Ada')
    const response = await ada.get(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      error: {
        code: 'not_found',
        message: expect.any(String),
        ref: expect.stringMatching(/^\w{8}$/),
      },
    })
  })

  it('knows other methods and names them', async () => {
    const response = await visit('/api/session', { method: 'PUT' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST, DELETE')
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
  })
})

describe('every answer', () => {
  it('can be read by the pages of listed origins, and by no others', async () => {
    const changes = { ALLOWED_ORIGINS: 'https://chat.example' }
    const readers = await Promise.all(
      ['https://chat.example', 'https://evil.test', 'null'].map(async (origin) => {
        const response = await visitWith(changes, '/api/me', { headers: { origin } })
        return response.headers.get('access-control-allow-origin')
      }),
    )
    expect(readers).toEqual(['https://chat.example', null, null])
  })
})

describe('a body', () => {
  async function refusalOf(body: string, type: string | null): Promise<[number, string]> {
    const headers = type === null ? undefined : { 'content-type': type }
    const init = { method: 'POST', body, ...(headers && { headers }) }
    const response = await visit('/api/session', init)
    const answer = await response.json<{ error?: { code: string } }>()
    return [response.status, answer.error?.code ?? '']
  }

  it.each([
    ['', null, 400, 'bad_request'],
    ['{', 'application/json', 400, 'bad_json'],
    ['{"name":"Ada"} x', 'application/json', 400, 'bad_json'],
    ['7', 'application/json', 400, 'bad_request'],
    ['{"name":"Ada"}', 'text/plain', 400, 'bad_request'],
    ['{"name":"Ada"}', null, 400, 'bad_request'],
    ['name=Ada', 'application/x-www-form-urlencoded', 400, 'bad_request'],
    ['{"name":"Ada"}', 'application/jsonx', 400, 'bad_request'],
    ['{"name":"Ada"}', 'application/json; charset=utf-8', 201, ''],
    ['{"name":"Ada","id":"m_eve","__proto__":{"x":1}}', 'APPLICATION/JSON', 201, ''],
    [
      `{"name":"Ada","deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      'application/json',
      201,
      '',
    ],
  ])('%j as %j is answered with %i', async (body, type, status, code) => {
    expect(await refusalOf(body, type)).toEqual([status, code])
  })

  it.each([
    [-1, 201],
    [0, 201],
    [1, 413],
  ])('of 64 KiB and %i bytes is answered with %i', async (more, status) => {
    const frame = '{"name":"Ada","x":""}'
    const body = frame.replace('""', `"${'x'.repeat(65_536 - frame.length + more)}"`)
    expect((await refusalOf(body, 'application/json'))[0]).toBe(status)
  })

  it('that never ends is not read to its end', async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(1_024))
      },
    })
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    const response = await visitWith({}, '/api/session', init)
    expect(response.status).toBe(413)
    expect(pulled).toBeLessThan(100)
  })
})

describe('a fault', () => {
  function failing(fault: Error): Partial<Env> {
    const GROUPS = new Proxy(env.GROUPS, {
      get() {
        throw fault
      },
    })
    return { GROUPS }
  }

  async function faultOf(fault: Error): Promise<{ response: Response; logged: string[] }> {
    const lines: string[] = []
    vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line))
    const ada = await signIn('Ada')
    const init = json({ title: 'Lobby' }, ada.headers)
    return { response: await visitWith(failing(fault), '/api/groups', init), logged: lines }
  }

  it('is logged once and told as a reference, never in its own words', async () => {
    const { response, logged } = await faultOf(new Error('the secret is out'))
    expect(response.status).toBe(500)
    const text = await response.text()
    const { error } = JSON.parse(text)
    expect(error).toEqual({
      code: 'internal',
      message: 'internal error',
      ref: expect.stringMatching(/^\w{8}$/),
    })
    expect(logged).toHaveLength(1)
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      event: 'http.failed',
      ref: error.ref,
      route: '/api/groups',
    })
    expect(text + logged.join('')).not.toContain('secret is out')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['retryable', 'overloaded'])('that is %s asks to come back', async (mark) => {
    const { response } = await faultOf(Object.assign(new Error('moved'), { [mark]: true }))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.json()).toMatchObject({ error: { code: 'busy', retryAfterMs: 1_000 } })
  })
})

it('has a status for every refusal', () => {
  const statuses = Object.fromEntries(REFUSAL_CODES.map((code) => [code, statusOf(code)]))
  expect(statuses).toEqual({
    bad_json: 400,
    bad_frame: 400,
    unknown_type: 400,
    too_big: 413,
    bad_id: 400,
    id_conflict: 409,
    too_fast: 429,
    forbidden: 403,
    muted: 403,
    not_found: 404,
    conflict: 409,
    blocked: 400,
    held: 400,
    busy: 503,
    model_unavailable: 503,
    quota: 429,
    storage_full: 507,
    internal: 500,
  })
})

describe('the pages of the browser app', () => {
  /** The assets with nothing in them but what lies at `/`. */
  function assetsWith(page: Response): Fetcher {
    async function fetch(url: URL): Promise<Response> {
      return url.pathname === '/' ? page : new Response(null, { status: 404 })
    }
    return new Proxy(env.ASSETS, {
      get: (target, name) => (name === 'fetch' ? fetch : Reflect.get(target, name)),
    })
  }

  it.each(['/', '/g/g_1', '/join', '/ops'])('%s is one and the same', async (path) => {
    const page = new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })
    const response = await visitWith({ ASSETS: assetsWith(page) }, path)
    expect([response.status, await response.text()]).toEqual([200, '<!doctype html>'])
    expect(response.headers.get('content-type')).toBe('text/html')
  })

  it('say what to do where they were not built', async () => {
    const nothing = assetsWith(new Response(null, { status: 404 }))
    const response = await visitWith({ ASSETS: nothing }, '/g/g_1')
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('npm run build')
  })
})
