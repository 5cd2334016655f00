import { env } from 'cloudflare:workers'
import { sign } from 'hono/jwt'
import { beforeAll, describe, expect, it, vi } from 'vitest'

import { ticketKey } from '../../src/worker/keys.ts'
import { signTicket } from '../../src/worker/tickets.ts'
import { HERE, signIn, visit, visitWith, watched } from './visitor.ts'
import type { Visitor } from './visitor.ts'

const SECRET = env.SESSION_SECRET ?? ''
const ELSEWHERE = `g_${'b'.repeat(22)}`

let ada: Visitor
let lobby: string

beforeAll(async () => {
  ada = await signIn('Ada')
  lobby = await ada.found('Lobby')
})

async function ticketFor(group = lobby, member = ada.id): Promise<string> {
  const { ticket } = await signTicket(
    { member, group, language: 'en', sessionEndsAt: 9e12 },
    SECRET,
  )
  return ticket
}

function upgrade(protocols: string, headers: Record<string, string> = {}): RequestInit {
  return { headers: { upgrade: 'websocket', 'sec-websocket-protocol': protocols, ...headers } }
}

/** Knocks with something wrong, and makes sure that no object was bothered with it. */
async function refusalOf(path: string, init: RequestInit): Promise<number> {
  const { namespace, addressed } = watched(env.GROUPS)
  const allowed = { ALLOWED_ORIGINS: 'https://chat.example' }
  const response = await visitWith({ ...allowed, GROUPS: namespace }, path, init)
  expect(addressed).toEqual([])
  expect(response.webSocket).toBeNull()
  expect(await response.json()).toMatchObject({ error: { ref: expect.stringMatching(/^\w{8}$/) } })
  return response.status
}

describe('the upgrade', () => {
  it('[P2] opens a connection that speaks exactly parley.v1, and the ticket is not echoed', async () => {
    const ticket = await ticketFor()
    const init = upgrade(`parley.v1, ticket.${ticket}`)
    const response = await visit(`/api/groups/${lobby}/socket`, init)
    expect(response.status).toBe(101)
    expect([...response.headers]).toEqual([['sec-websocket-protocol', 'parley.v1']])
    response.webSocket?.accept()
    response.webSocket?.close()
  })

  it('[P3] begins with the welcome of the member whom the ticket names', async () => {
    const init = upgrade(`parley.v1,ticket.${await ticketFor()}`, {
      origin: HERE,
      'x-parley-admission': '{"member":"m_eve","ticket":"1","expiresAt":9e15}',
    })
    const response = await visit(`/api/groups/${lobby}/socket?since=0&epoch=e_1`, init)
    const socket = response.webSocket
    const frame = new Promise<string>((resolve) => {
      socket?.addEventListener('message', ({ data }) => resolve(String(data)), { once: true })
    })
    socket?.accept()
    expect(JSON.parse(await frame)).toMatchObject({
      type: 'welcome',
      you: { id: ada.id },
      mode: 'reset',
    })
    socket?.close()
  })

  it('[P2] does not take a ticket twice', async () => {
    const init = upgrade(`parley.v1, ticket.${await ticketFor()}`)
    const [one, other] = await Promise.all([
      visit(`/api/groups/${lobby}/socket`, init),
      visit(`/api/groups/${lobby}/socket`, init),
    ])
    expect(new Set([one.status, other.status])).toEqual(new Set([101, 401]))
    for (const { webSocket } of [one, other]) {
      webSocket?.accept()
      webSocket?.close()
    }
  })

  it('takes a client that offers other protocols as well', async () => {
    const init = upgrade(`parley.v2, ticket.${await ticketFor()} , parley.v1`)
    const response = await visit(`/api/groups/${lobby}/socket`, init)
    expect(response.headers.get('sec-websocket-protocol')).toBe('parley.v1')
    response.webSocket?.accept()
    response.webSocket?.close()
  })

  it('is told what only the group knows in the words of every other refusal', async () => {
    const stranger = await ticketFor(lobby, 'm_stranger')
    const nowhere = await ticketFor(ELSEWHERE)
    const [outside, gone] = [
      await visit(`/api/groups/${lobby}/socket`, upgrade(`parley.v1, ticket.${stranger}`)),
      await visit(`/api/groups/${ELSEWHERE}/socket`, upgrade(`parley.v1, ticket.${nowhere}`)),
    ]
    expect([outside.status, gone.status]).toEqual([403, 404])
    expect(await gone.json()).toMatchObject({ error: { code: 'not_found' } })
  })
})

describe('[P1] before any object is addressed', () => {
  it('anything but an upgrade is refused', async () => {
    const protocols = { 'sec-websocket-protocol': `parley.v1, ticket.${await ticketFor()}` }
    const path = `/api/groups/${lobby}/socket`
    expect(await refusalOf(path, { headers: protocols })).toBe(426)
    expect(await refusalOf(path, { headers: { ...protocols, upgrade: 'h2c' } })).toBe(426)
    expect(await refusalOf(path, { method: 'POST', headers: protocols })).toBe(405)
  })

  it.each(['null', 'https://evil.test', 'http://parley.example', ''])(
    'a page of %j is refused, whatever its ticket',
    async (origin) => {
      const init = upgrade(`parley.v1, ticket.${await ticketFor()}`, { origin })
      expect(await refusalOf(`/api/groups/${lobby}/socket`, init)).toBe(403)
    },
  )

  it.each([
    'g_',
    'g_short',
    `g_${'a'.repeat(23)}`,
    `m_${'a'.repeat(22)}`,
    `g_${'a'.repeat(21)}%2F`,
    `g_${'a'.repeat(21)}.`,
    '..%2F..%2Fx',
    '圆桌',
  ])('the name %j is no group', async (group) => {
    const init = upgrade(`parley.v1, ticket.${await ticketFor()}`)
    expect(await refusalOf(`/api/groups/${group}/socket`, init)).toBe(404)
  })

  it.each([
    'since=',
    'since=-1',
    'since=1.5',
    'since=1e3',
    'since=0x1',
    'since=many',
    'since=9999999999999999',
    'epoch=',
    'epoch=a%20b',
    `epoch=${'e'.repeat(65)}`,
  ])('the position %s is refused', async (query) => {
    const init = upgrade(`parley.v1, ticket.${await ticketFor()}`)
    expect(await refusalOf(`/api/groups/${lobby}/socket?${query}`, init)).toBe(400)
  })

  it.each([
    ['no protocol', '', 400],
    ['a ticket alone', 'ticket.$', 400],
    ['another version alone', 'parley.v2, ticket.$', 400],
    ['our protocol in capitals', 'PARLEY.V1, ticket.$', 400],
    ['our protocol twice', 'parley.v1, parley.v1, ticket.$', 400],
    ['two tickets', 'parley.v1, ticket.$, ticket.$', 400],
    ['no ticket', 'parley.v1', 401],
    ['an empty ticket', 'parley.v1, ticket.', 401],
    ['a ticket that is none', 'parley.v1, ticket.a.b.c', 401],
    ['a ticket with a letter more', 'parley.v1, ticket.$A', 401],
    ['an endless ticket', `parley.v1, ticket.${'x'.repeat(9_000)}`, 401],
  ])('an offer of %s is refused', async (_, offer, status) => {
    const init = upgrade(offer.replaceAll('$', await ticketFor()))
    expect(await refusalOf(`/api/groups/${lobby}/socket`, init)).toBe(status)
  })

  it('[P2] a ticket for another group is refused', async () => {
    const init = upgrade(`parley.v1, ticket.${await ticketFor(ELSEWHERE)}`)
    expect(await refusalOf(`/api/groups/${lobby}/socket`, init)).toBe(403)
  })

  it('a session is no ticket, even with the claims of one', async () => {
    const exp = Math.floor(Date.now() / 1000) + 30
    const claims = { aud: 'parley.socket', jti: 'j'.repeat(22), sub: ada.id, group: lobby, exp }
    const forged = await sign({ ...claims, language: 'en', name: 'Ada' }, SECRET)
    for (const token of [ada.token, forged]) {
      const init = upgrade(`parley.v1, ticket.${token}`)
      expect(await refusalOf(`/api/groups/${lobby}/socket`, init)).toBe(401)
    }
  })

  it.each<[string, Record<string, unknown>]>([
    ['for another audience', { aud: 'parley.upload' }],
    ['without an end', { exp: undefined }],
    ['without an id', { jti: undefined }],
    ['without a member', { sub: undefined }],
    ['for the assistant', { sub: 'assistant' }],
  ])('a ticket %s is refused, however well signed', async (_, change) => {
    const exp = Math.floor(Date.now() / 1000) + 30
    const claims = { aud: 'parley.socket', jti: 'j'.repeat(22), sub: ada.id, group: lobby, exp }
    const changed: Record<string, unknown> = { ...claims, language: 'en', ...change }
    const ticket = await sign(changed, await ticketKey(SECRET), 'HS256')
    const init = upgrade(`parley.v1, ticket.${ticket}`)
    expect(await refusalOf(`/api/groups/${lobby}/socket`, init)).toBe(401)
  })

  it('a ticket is refused once its thirty seconds are over', async () => {
    const ticket = await ticketFor()
    const init = upgrade(`parley.v1, ticket.${ticket}`)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30_000 })
    try {
      expect(await refusalOf(`/api/groups/${lobby}/socket`, init)).toBe(401)
    } finally {
      vi.useRealTimers()
    }
  })

  it('an address that comes too often is refused', async () => {
    const { namespace, addressed } = watched(env.GROUPS)
    const from = { 'cf-connecting-ip': '192.0.2.33' }
    const statuses: number[] = []
    // Two minutes of the limiter let in two, so one of three is refused, whenever the minute ends.
    for (let call = 0; call < 3; call += 1) {
      const init = upgrade(`parley.v1, ticket.${await ticketFor(ELSEWHERE)}`, from)
      const changes = { LIMIT_ADDRESS_PER_MINUTE: '1', GROUPS: namespace }
      const response = await visitWith(changes, `/api/groups/${ELSEWHERE}/socket`, init)
      statuses.push(response.status)
    }
    expect(statuses).toContain(429)
    expect(addressed).toHaveLength(statuses.filter((status) => status !== 429).length)
  })
})
