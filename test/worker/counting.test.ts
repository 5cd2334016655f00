import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { addCounts } from '../../src/ops/metrics.ts'
import type { Counts } from '../../src/ops/metrics.ts'
import { json, operations, signIn, visitWith } from './visitor.ts'
import type { Visitor } from './visitor.ts'

// Each test begins when whatever was counted before it may be handed on.
let now = Date.now()

beforeEach(() => {
  now += 100_000
  vi.useFakeTimers({ toFake: ['Date'], now })
})

afterEach(() => {
  vi.useRealTimers()
})

async function upgrade(visitor: Visitor, group: string, protocols: string, origin?: string) {
  const headers = {
    ...visitor.headers,
    upgrade: 'websocket',
    'sec-websocket-protocol': protocols,
    ...(origin !== undefined && { origin }),
  }
  return [`/api/groups/${group}/socket`, { headers }] as const
}

/** What a deployment reports to have counted while it answered. */
async function countedIn(path: string, init: RequestInit): Promise<Counts> {
  // What came before is handed on first.
  vi.setSystemTime(Date.now() + 2_000)
  await visitWith({ OPERATIONS: operations().namespace }, '/api/health')
  vi.setSystemTime(Date.now() + 2_000)
  const { namespace, heard } = operations()
  await visitWith({ OPERATIONS: namespace }, path, init)
  await vi.waitUntil(() => heard.length > 0)
  return heard.reduce((sum, counts) => addCounts(sum, counts), {})
}

it('counts sign-ins, and those it refuses', async () => {
  expect(await countedIn('/api/session', json({ name: 'Ada' }))).toEqual({ sign_ins: 1 })
  const headers = { authorization: 'Bearer a.b.c' }
  expect(await countedIn('/api/me', { headers })).toEqual({ refused_sign_ins: 1 })
})

it('counts pages of foreign origins', async () => {
  const init = json({ name: 'Ada' }, { origin: 'https://evil.test' })
  expect(await countedIn('/api/session', init)).toEqual({ refused_origins: 1 })
})

it('counts what knocks at a group with a bad ticket, or from a foreign page', async () => {
  const ada = await signIn('Ada')
  const lobby = await ada.found('Lobby')
  const bad = await upgrade(ada, lobby, 'parley.v1, ticket.a.b.c')
  expect(await countedIn(...bad)).toEqual({ refused_tickets: 1 })
  const foreign = await upgrade(ada, lobby, 'parley.v1, ticket.a.b.c', 'https://evil.test')
  expect(await countedIn(...foreign)).toEqual({ refused_origins: 1 })
})

it('counts invites that are accepted, and those that are not', async () => {
  const [ada, ben] = [await signIn('Ada'), await signIn('Ben')]
  const lobby = await ada.found('Lobby')
  const answer = await ada.post(`/api/groups/${lobby}/invites`, { uses: 1 })
  const { invite } = await answer.json<{ invite: string }>()
  const accept = json({ invite }, ben.headers)
  expect(await countedIn('/api/invites/accept', accept)).toEqual({ invites_accepted: 1 })
  const again = json({ invite }, (await signIn('Eve')).headers)
  expect(await countedIn('/api/invites/accept', again)).toEqual({ refused_invites: 1 })
})

it('counts guesses at the operator token, but not those who do not guess', async () => {
  const headers = { authorization: 'Bearer guess' }
  expect(await countedIn('/metrics', { headers })).toEqual({ refused_operators: 1 })
  const { namespace, heard } = operations()
  await visitWith({ OPERATIONS: namespace }, '/metrics')
  expect((await visitWith({ OPERATIONS: namespace }, '/api/me')).status).toBe(401)
  expect(heard).toEqual([])
})

it('reports once a second, and nothing is lost in between', async () => {
  const { namespace, heard } = operations()
  const refused = { headers: { authorization: 'Bearer a.b.c' } }
  for (let call = 0; call < 5; call += 1) {
    await visitWith({ OPERATIONS: namespace }, '/api/me', refused)
  }
  expect(heard).toEqual([{ refused_sign_ins: 1 }])
  vi.setSystemTime(Date.now() + 1_000)
  await visitWith({ OPERATIONS: namespace }, '/api/health')
  expect(heard).toEqual([{ refused_sign_ins: 1 }, { refused_sign_ins: 4 }])
})

it('fails no request when its report goes nowhere, and reports it later', async () => {
  const refused = { headers: { authorization: 'Bearer a.b.c' } }
  const dead = operations(new Error('moved'))
  const response = await visitWith({ OPERATIONS: dead.namespace }, '/api/me', refused)
  expect([response.status, dead.heard]).toEqual([401, [{ refused_sign_ins: 1 }]])
  vi.setSystemTime(Date.now() + 1_000)
  const { namespace, heard } = operations()
  await visitWith({ OPERATIONS: namespace }, '/api/health')
  expect(heard).toEqual([{ refused_sign_ins: 1 }])
})

it('reaches the counters of the deployment', async () => {
  const before = await env.OPERATIONS.getByName('all').counters()
  await signIn('Ada')
  vi.setSystemTime(Date.now() + 2_000)
  await visitWith({}, '/api/health')
  await expect
    .poll(async () => (await env.OPERATIONS.getByName('all').counters())['sign_ins'])
    .toBeGreaterThan(before['sign_ins'] ?? 0)
})
