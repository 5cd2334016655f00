import { beforeAll, describe, expect, it } from 'vitest'

import { ADMISSION_HEADER } from '../../src/group/api.ts'
import { ROLES } from '../../src/protocol/events.ts'
import type { Role } from '../../src/protocol/events.ts'
import type { ClientFrame } from '../../src/protocol/frames.ts'
import { ACTIONS, FRAME_ACTIONS, may } from '../../src/protocol/permissions.ts'
import type { Action } from '../../src/protocol/permissions.ts'
import { app } from '../../src/worker/app.ts'
import { Table, valueOf } from '../support/room.ts'
import type { Seat } from '../support/room.ts'
import { json, signIn, visit } from './visitor.ts'
import type { Visitor } from './visitor.ts'

/** The table as people read it: each action with the roles that may. What stands here is the rule. */
const RULES: Readonly<Record<Action, readonly Role[]>> = {
  read: ['owner', 'moderator', 'member', 'guest'],
  leave: ['owner', 'moderator', 'member', 'guest'],
  say: ['owner', 'moderator', 'member'],
  recallOthers: ['owner', 'moderator'],
  stopOthers: ['owner', 'moderator'],
  invite: ['owner', 'moderator'],
  admit: ['owner', 'moderator'],
  mute: ['owner', 'moderator'],
  remove: ['owner', 'moderator'],
  ban: ['owner', 'moderator'],
  appoint: ['owner', 'moderator'],
  changeSettings: ['owner', 'moderator'],
  readLedger: ['owner', 'moderator'],
  transfer: ['owner'],
  erase: ['owner'],
}

/** What each route below a group needs, and a request to it that means something. */
interface RouteCase {
  readonly action: Action
  readonly body?: object
  /** Who stands for `:member`; somebody of the lowest role otherwise. */
  readonly on?: 'self' | 'waiting' | 'banned'
}

const ROUTES: Readonly<Record<string, readonly RouteCase[]>> = {
  'GET /api/groups/:group': [{ action: 'read' }],
  'PATCH /api/groups/:group': [
    { action: 'changeSettings', body: { title: 'Hall' } },
    { action: 'changeSettings', body: { settings: { join: 'approval' } } },
    { action: 'changeSettings', body: { settings: { slowModeSeconds: 10 } } },
  ],
  'DELETE /api/groups/:group': [{ action: 'erase' }],
  'GET /api/groups/:group/members': [{ action: 'read' }],
  'PATCH /api/groups/:group/members/:member': [
    { action: 'appoint', body: { role: 'guest' } },
    { action: 'mute', body: { mutedUntil: 9e15 } },
    { action: 'ban', body: { state: 'banned' } },
    { action: 'ban', body: { state: 'active' }, on: 'banned' },
    { action: 'admit', body: { state: 'active' }, on: 'waiting' },
  ],
  'DELETE /api/groups/:group/members/:member': [
    { action: 'remove' },
    { action: 'admit', on: 'waiting' },
    { action: 'leave', on: 'self' },
  ],
  'GET /api/groups/:group/invites': [{ action: 'invite' }],
  'POST /api/groups/:group/invites': [{ action: 'invite', body: {} }],
  'DELETE /api/groups/:group/invites/:invite': [{ action: 'invite' }],
  'POST /api/groups/:group/ticket': [{ action: 'read' }],
  'POST /api/groups/:group/renew': [
    { action: 'read', body: { connection: `c_${'0'.repeat(32)}` } },
  ],
  'POST /api/groups/:group/transfer': [{ action: 'transfer' }],
  'GET /api/groups/:group/ledger': [{ action: 'readLedger' }],
  'GET /api/groups/:group/events': [{ action: 'read' }],
  'GET /api/groups/:group/search': [{ action: 'read' }],
}

/** A frame of each type that means something, in a log whose seq 2 is of the one who sends it. */
const FRAMES: Readonly<Record<ClientFrame['type'], ClientFrame>> = {
  say: { type: 'say', id: 'f', text: 'hello' },
  edit: { type: 'edit', id: 'f', target: 2, text: 'changed' },
  recall: { type: 'recall', id: 'f', target: 2 },
  react: { type: 'react', id: 'f', target: 2, emoji: '👍', on: true },
  stop: { type: 'stop', id: 'f', reply: 2 },
  again: { type: 'again', id: 'f', reply: 2 },
  typing: { type: 'typing', on: true },
  fetch: { type: 'fetch', id: 'f', limit: 5 },
  read: { type: 'read', seq: 1 },
  synced: { type: 'synced', n: 1 },
}

let visitors: { readonly [R in Role]: Visitor } & { readonly other: Visitor; waiter: Visitor }

beforeAll(async () => {
  const [owner, moderator, member, guest, other, waiter] = await Promise.all(
    ['Olga', 'Mo', 'Mia', 'Gus', 'Otto', 'Wim'].map(signIn),
  )
  if (!owner || !moderator || !member || !guest || !other || !waiter) throw new Error('nobody')
  visitors = { owner, moderator, member, guest, other, waiter }
})

/** A group with somebody of each role, and with one more guest on whom the others act. */
async function scene(): Promise<{ group: string; table: Table }> {
  const { owner, other } = visitors
  const group = await owner.found('Lobby')
  const table = new Table(group, { id: owner.id, name: 'Olga' })
  for (const role of ['moderator', 'member', 'guest'] as const) await seat(table, role)
  await letIn(table, other, 'guest')
  return { group, table }
}

async function seat(table: Table, role: 'moderator' | 'member' | 'guest'): Promise<void> {
  await letIn(table, visitors[role], role === 'guest' ? 'guest' : 'member')
  if (role !== 'moderator') return
  valueOf(await table.group.changeMember(visitors.owner.id, visitors[role].id, { role }))
}

async function letIn(table: Table, { id }: Visitor, role: 'member' | 'guest'): Promise<void> {
  const hash = crypto.randomUUID()
  const terms = { role, uses: 1, expiresAt: Date.now() + 60_000 }
  valueOf(await table.group.invite(visitors.owner.id, hash, terms))
  valueOf(await table.group.join({ id, name: 'Somebody' }, hash))
}

/** Makes whom a case is about, and says who it is. */
async function targetOf(table: Table, { on }: RouteCase, self: Visitor): Promise<Visitor> {
  const { owner, other, waiter } = visitors
  if (on === 'self') return self
  if (on === 'banned') {
    valueOf(await table.group.changeMember(owner.id, other.id, { state: 'banned' }))
    return other
  }
  if (on === 'waiting') {
    valueOf(await table.group.change(owner.id, { settings: { join: 'approval' } }))
    await letIn(table, waiter, 'member')
    return waiter
  }
  return other
}

function rolesOf(wanted: string): readonly Role[] {
  return ROLES.filter((role) => ACTIONS.some((action) => action === wanted && may(role, action)))
}

const routeCases = Object.entries(ROUTES).flatMap(([route, cases]) =>
  cases.flatMap((one) => ROLES.map((role) => [role, route, one] as const)),
)

describe('[P23] one table of role × action', () => {
  it('is the one that people read', () => {
    const table = Object.keys(RULES).map((action) => [action, rolesOf(action)])
    expect(Object.fromEntries(table)).toEqual(RULES)
  })

  it('has an entry for every route below a group', () => {
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && /^\/api\/groups\/:group\b/.test(path))
      .map(({ method, path }) => `${method} ${path.replace(/\/$/, '')}`)
      .filter((route) => route !== 'GET /api/groups/:group/socket')
    expect(new Set(routes)).toEqual(new Set(Object.keys(ROUTES)))
  })

  it.each(routeCases)('lets a %s call %s as it says: %j', async (role, route, one) => {
    const { group, table } = await scene()
    const self = visitors[role]
    const target = await targetOf(table, one, self)
    const [method = '', path = ''] = route.split(' ')
    const address = path
      .replace(':group', group)
      .replace(':member', target.id)
      .replace(':invite', '0'.repeat(16))
    const query = path.endsWith('/search') ? '?q=hello' : ''
    const body = route.endsWith('/transfer') ? { to: target.id } : one.body
    const before = await table.log()
    const init = body === undefined ? { headers: self.headers } : json(body, self.headers)
    const response = await visit(address + query, { ...init, method })
    // The last owner is the one who may not leave; that is no matter of the table.
    const isLastOwner = role === 'owner' && one.action === 'leave'
    const isAllowed = RULES[one.action].includes(role)
    expect(response.status === 403).toBe(!isAllowed)
    expect(response.status === 409).toBe(isLastOwner)
    if (isAllowed) return
    expect(await response.json()).toMatchObject({ error: { code: 'forbidden' } })
    expect(await table.log()).toEqual(before)
  })

  it.each(Object.keys(FRAMES).flatMap((type) => ROLES.map((role) => [role, type] as const)))(
    'takes from a %s a frame of type %s as it says',
    async (role, type) => {
      const { table } = await scene()
      const wanted = Object.entries(FRAME_ACTIONS).find(([name]) => name === type)?.[1]
      const frame = Object.values(FRAMES).find((one) => one.type === type)
      if (!wanted || !frame) throw new Error(`no frame of type ${type}`)
      const connection = await table.connect(visitors[role].id)
      connection.send(frame)
      // A page comes after whatever became of the frame before it.
      connection.send({ type: 'fetch', id: 'end', limit: 1 })
      await connection.answer('end')
      const refusals = connection.frames.filter((one) => one.type === 'refused')
      const isForbidden = refusals.some(({ code }) => code === 'forbidden')
      // Seq 2 is nobody's message here, so only who may go further hears that.
      expect(isForbidden).toBe(!RULES[wanted].includes(role))
    },
  )

  it.each(ROLES.flatMap((by) => ROLES.map((on) => [by, on] as const)))(
    'lets a %s act on a %s only from above, or as an owner',
    async (by, on) => {
      const { group, table } = await scene()
      const target = by === on ? await another(table, on) : visitors[on]
      const patch = { mutedUntil: Date.now() + 60_000 }
      const path = `/api/groups/${group}/members/${target.id}`
      const response = await visitors[by].patch(path, patch)
      const isAllowed =
        by === 'owner' || (by === 'moderator' && (on === 'member' || on === 'guest'))
      expect(response.status).toBe(isAllowed ? 200 : 403)
    },
  )
})

async function another(table: Table, role: Role): Promise<Visitor> {
  const { owner, waiter } = visitors
  await letIn(table, waiter, role === 'guest' ? 'guest' : 'member')
  valueOf(await table.group.changeMember(owner.id, waiter.id, { role }))
  return waiter
}

describe('nobody gets more than they were given', () => {
  it.each(ROLES)('by promoting themselves, as a %s', async (role) => {
    const { group } = await scene()
    const self = visitors[role]
    const path = `/api/groups/${group}/members/${self.id}`
    for (const higher of ROLES.slice(0, ROLES.indexOf(role))) {
      expect((await self.patch(path, { role: higher })).status).toBe(403)
    }
    const { members } = await (
      await visitors.owner.get(`/api/groups/${group}/members`)
    ).json<{ members: { id: string; role: string }[] }>()
    expect(members.find(({ id }) => id === self.id)?.role).toBe(role)
  })

  it('by making somebody else an owner, as a moderator', async () => {
    const { group } = await scene()
    const { moderator, member } = visitors
    for (const role of ['owner', 'moderator']) {
      const path = `/api/groups/${group}/members/${member.id}`
      expect((await moderator.patch(path, { role })).status).toBe(403)
    }
  })

  it('by leaving and coming back with a better invite', async () => {
    const { group, table } = await scene()
    const { guest } = visitors
    expect((await guest.delete(`/api/groups/${group}/members/${guest.id}`)).status).toBe(200)
    await letIn(table, guest, 'member')
    const { group: mine } = await (
      await guest.get(`/api/groups/${group}`)
    ).json<{ group: { role: string } }>()
    expect(mine.role).toBe('guest')
  })

  it('by leaving and coming back while muted', async () => {
    const { group, table } = await scene()
    const { owner, member } = visitors
    const path = `/api/groups/${group}/members/${member.id}`
    await owner.patch(path, { mutedUntil: Date.now() + 60_000 })
    await member.delete(path)
    await letIn(table, member, 'member')
    const connection = await table.connect(member.id)
    expect(await connection.say('free?')).toMatchObject({ code: 'muted' })
  })

  it('by headers that only the front door may write', async () => {
    const { group } = await scene()
    const admission = { member: visitors.owner.id, ticket: 't', expiresAt: 9e15, language: 'en' }
    const forged = {
      [ADMISSION_HEADER]: JSON.stringify({ ...admission, sessionEndsAt: 9e15 }),
      'x-uid': visitors.owner.id,
      'x-forwarded-user': visitors.owner.id,
    }
    const upgrade = { upgrade: 'websocket', 'sec-websocket-protocol': 'parley.v1', ...forged }
    const socket = await visit(`/api/groups/${group}/socket`, { headers: upgrade })
    expect(socket.status).toBe(401)
    const { guest } = visitors
    const init = { ...json({ title: 'Mine' }, { ...guest.headers, ...forged }), method: 'PATCH' }
    expect((await visit(`/api/groups/${group}`, init)).status).toBe(403)
  })

  it('by the seq of another group', async () => {
    const { table } = await scene()
    const other = await scene()
    const [here, there] = [await table.connect(), await other.table.connect(visitors.member.id)]
    for (let count = 0; count < 5; count += 1) await here.say(`here ${count}`)
    const { seq } = await ackOf(here, 'mine')
    for (const frame of [
      { type: 'recall', id: 'x1', target: seq },
      { type: 'edit', id: 'x2', target: seq, text: 'theirs' },
      { type: 'react', id: 'x3', target: seq, emoji: '👍', on: true },
    ] as const) {
      expect(await there.ask(frame)).toMatchObject({ code: 'not_found' })
    }
    expect((await table.log()).at(-1)).toMatchObject({ seq, body: { text: 'mine' } })
  })
})

async function ackOf(connection: Seat, text: string): Promise<{ readonly seq: number }> {
  const answer = await connection.say(text)
  if (answer.type !== 'ack' || answer.seq === null) throw new Error('not acknowledged')
  return { seq: answer.seq }
}

describe('a group keeps an owner', () => {
  it('who neither leaves nor steps down nor is banned while they are the last', async () => {
    const { group } = await scene()
    const { owner } = visitors
    const path = `/api/groups/${group}/members/${owner.id}`
    expect((await owner.delete(path)).status).toBe(409)
    expect((await owner.patch(path, { role: 'member' })).status).toBe(409)
    expect((await owner.patch(path, { state: 'banned' })).status).toBe(403)
    expect((await owner.get(`/api/groups/${group}`)).status).toBe(200)
  })

  it('who hands it over in one act, which says who did it', async () => {
    const { group, table } = await scene()
    const { owner, member } = visitors
    const handed = await owner.post(`/api/groups/${group}/transfer`, { to: member.id })
    expect([handed.status, await handed.json()]).toMatchObject([200, { member: { role: 'owner' } }])
    expect((await table.log()).slice(-2)).toMatchObject([
      { from: owner.id, body: { member: member.id, change: 'role', role: 'owner' } },
      { from: owner.id, body: { member: owner.id, change: 'role', role: 'moderator' } },
    ])
    expect((await owner.delete(`/api/groups/${group}`)).status).toBe(403)
    expect((await member.delete(`/api/groups/${group}`)).status).toBe(200)
  })

  it.each(['nobody', 'self'])('whom it does not lose to %s', async (to) => {
    const { group, table } = await scene()
    const before = await table.log()
    const target = to === 'self' ? visitors.owner.id : 'm_nobody'
    const response = await visitors.owner.post(`/api/groups/${group}/transfer`, { to: target })
    expect(response.status).toBe(to === 'self' ? 409 : 404)
    expect(await table.log()).toEqual(before)
  })
})

it('tells those outside of a group nothing about it, not even whether it is there', async () => {
  const { group } = await scene()
  const stranger = await signIn('Eve')
  const nowhere = `g_${'x'.repeat(22)}`
  for (const route of Object.keys(ROUTES)) {
    const [method = '', path = ''] = route.split(' ')
    const answers = await Promise.all(
      [group, nowhere].map(async (id) => {
        const address = path
          .replace(':group', id)
          .replace(':member', visitors.member.id)
          .replace(':invite', '0'.repeat(16))
        const body = route.endsWith('/transfer')
          ? { to: visitors.member.id }
          : (ROUTES[route]?.[0]?.body ?? {})
        const init = method === 'GET' ? { headers: stranger.headers } : json(body, stranger.headers)
        const response = await visit(`${address}?q=x`, { ...init, method })
        const { error } = await response.json<{ error: { code: string; message: string } }>()
        return [route, response.status, error.code, error.message]
      }),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.slice(0, 2)).toEqual([route, 404])
  }
})
