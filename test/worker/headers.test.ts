import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'

import { app } from '../../src/worker/app.ts'
import { HERE, json, signIn, visit, visitWith } from './visitor.ts'
import type { Visitor } from './visitor.ts'

const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

const rulesOf = import.meta.glob<string>('../../public/_head*', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const RULES = Object.values(rulesOf).join('')

/** What the files of the app are told, which the worker never sees. */
function rule(name: string): string | undefined {
  const [, value] = new RegExp(`^ {2}${name}: (.+)$`, 'm').exec(RULES) ?? []
  return value
}

/** Every route, with the names that its path asks for. */
const ROUTES = [...new Set(app.routes.map(({ method, path }) => `${method} ${path}`))]
  .filter((route) => !route.startsWith('ALL '))
  .map((route) => {
    const [method = '', path = ''] = route.split(' ')
    const named = path
      .replace(':group', `g_${'x'.repeat(22)}`)
      .replace(':member', 'm_nobody')
      .replace(':invite', '0123456789abcdef')
    return { method, path, at: named.replaceAll('*', 'x') }
  })

const PAGES: ReadonlySet<string> = new Set(['/', '/g/*', '/join', '/ops'])

function expectHardened({ headers }: Response): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': rule('Permissions-Policy'),
    'cross-origin-opener-policy': rule('Cross-Origin-Opener-Policy'),
    'cross-origin-resource-policy': 'same-origin',
    'strict-transport-security': 'max-age=31536000',
  })
}

async function expectData(response: Response): Promise<void> {
  expectHardened(response)
  expect(response.headers.get('content-security-policy')).toBe(DATA_POLICY)
  expect(response.headers.get('cache-control')).toBe('no-store')
}

async function expectError(response: Response): Promise<void> {
  const body = await response.json<{ error: Record<string, unknown> }>()
  expect(Object.keys(body)).toEqual(['error'])
  expect(body.error).toMatchObject({
    code: expect.stringMatching(/^[a-z_]+$/),
    message: expect.any(String),
    ref: expect.stringMatching(/^\w{8}$/),
  })
  const more = Object.keys(body.error).filter((name) => !/^(?:code|message|ref)$/.test(name))
  expect(more.filter((name) => name !== 'retryAfterMs')).toEqual([])
}

describe.each(ROUTES.filter(({ path }) => !PAGES.has(path)))('$method $path', ({ method, at }) => {
  let ada: Visitor

  beforeAll(async () => {
    ada = await signIn('Ada')
  })

  it.each(['nobody', 'somebody'])(
    'answers %s with every header, and errors in one shape',
    async (who) => {
      const headers = who === 'nobody' ? {} : ada.headers
      const response = await visit(at, { method, headers })
      expect(response.status).toBeLessThan(500)
      await expectData(response)
      const isError = response.status >= 400 && at !== '/api/health'
      await (isError ? expectError(response) : response.body?.cancel())
    },
  )

  it('answers a method that it does not know likewise', async () => {
    const response = await visit(at, { method: 'PUT' })
    expect([401, 405]).toContain(response.status)
    await expectData(response)
    await expectError(response)
  })
})

it('knows all the routes there are', () => {
  expect(ROUTES.length).toBeGreaterThan(25)
  expect(ROUTES.filter(({ path }) => PAGES.has(path))).toHaveLength(PAGES.size)
})

describe('answers that no route gives', () => {
  it.each([
    ['an address where nothing is', visit('/nothing')],
    ['one of the API', visit('/api/nothing')],
    ['a body that is too big', visit('/api/session', json({ name: 'x'.repeat(70_000) }))],
    ['a body that is no JSON', visit('/api/session', { ...json({}), body: '{' })],
    ['a deployment without a secret', visitWith({ SESSION_SECRET: '' }, '/api/me')],
    ['a page of it', visitWith({ SESSION_SECRET: '' }, '/g/x')],
  ])('are hardened and of one shape: %s', async (_, asked) => {
    const response = await asked
    expect(response.status).toBeGreaterThanOrEqual(400)
    await expectData(response)
    await expectError(response)
  })

  it('are hardened where a browser asks what another origin may do', async () => {
    const headers = { origin: HERE, 'access-control-request-method': 'POST' }
    const response = await visit('/api/groups', { method: 'OPTIONS', headers })
    expect(response.status).toBe(204)
    await expectData(response)
  })

  it.each(['https://evil.test', 'null'])(
    'let no page of %s send a token of its own',
    async (origin) => {
      const headers = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      }
      const response = await visit('/api/session', { method: 'OPTIONS', headers })
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  it('may be read by a listed origin all the same', async () => {
    const headers = { origin: 'https://chat.example' }
    const response = await visitWith({ ALLOWED_ORIGINS: headers.origin }, '/api/me', { headers })
    expect(response.headers.get('access-control-allow-origin')).toBe(headers.origin)
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
    await expectData(response)
  })
})

describe('the pages of the app', () => {
  /** The assets with one page, which came without any header of ours. */
  function assets(): Fetcher {
    async function fetch(): Promise<Response> {
      return new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })
    }
    return new Proxy(env.ASSETS, {
      get: (target, name) => (name === 'fetch' ? fetch : Reflect.get(target, name)),
    })
  }

  it.each(['/', '/g/g_1', '/join', '/ops'])(
    '%s come with the policy of the files',
    async (path) => {
      const response = await visitWith({ ASSETS: assets() }, path)
      expectHardened(response)
      const policy = response.headers.get('content-security-policy')
      expect(policy).toContain("script-src 'self';")
      expect(policy?.replace(' wss://parley.example', '')).toBe(rule('Content-Security-Policy'))
    },
  )

  it('may open sockets to their own host, whatever a browser takes "self" for', async () => {
    const page = await visitWith({ ASSETS: assets() }, '/', {}, 'http://localhost:8800')
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("; connect-src 'self' ws://localhost:8800; ")
  })

  it('say nothing of a host that would add to their policy', async () => {
    const page = await visitWith({ ASSETS: assets() }, '/', {}, "http://x;script-src'none'")
    const policy = page.headers.get('content-security-policy')
    expect(policy).toBe(rule('Content-Security-Policy'))
  })

  it('are hardened where they were not built', async () => {
    const page = await visit('/g/g_1')
    expectHardened(page)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})

it('asks for https on https only', async () => {
  const response = await visit('/api/health', {}, 'http://localhost:8800')
  expect(response.headers.get('strict-transport-security')).toBeNull()
})
