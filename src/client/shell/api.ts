import { ROLES } from '../../protocol/events.ts'
import type { Role } from '../../protocol/events.ts'
import type { Person } from '../store/people.ts'
import type { Language } from '../words/words.ts'
import { get, HttpError, listOf, numberOf, post, textOf, toFields } from './http.ts'

/** Whoever is signed in on this device. */
export interface Me {
  readonly id: string
  readonly name: string
}

/** One of one's groups, as the rail shows it. */
export interface GroupStanding {
  readonly id: string
  readonly title: string
  readonly unread: number
  readonly mentions: number
  readonly lastAt: number
}

export interface Invite {
  readonly url: string
  readonly expiresAt: number
}

export function fetchMe(): Promise<Me> {
  return get('/api/me', ({ member }) => toMe(member))
}

/** Signs in as a guest; the session itself is a cookie that no script can read. */
export async function postSession(name: string, locale: Language): Promise<Me> {
  try {
    return await post('/api/session', { name, locale }, ({ member }) => toMe(member))
  } catch (cause) {
    // A deployment with a sign-in of its own has no guests.
    const isElsewhere = cause instanceof HttpError && cause.status === 403
    throw isElsewhere ? new HttpError(401, cause.code, cause.ref) : cause
  }
}

export function fetchGroups(): Promise<readonly GroupStanding[]> {
  return get('/api/groups', ({ groups }) =>
    listOf(groups).map((group) => ({
      id: textOf(group['id']),
      title: textOf(group['title']),
      unread: numberOf(group['unread']),
      mentions: numberOf(group['mentions']),
      lastAt: numberOf(group['lastAt']),
    })),
  )
}

/** Founds a group; answers with its id. */
export function postGroup(title: string): Promise<string> {
  return post('/api/groups', { title }, ({ group }) => textOf(toFields(group)['id']))
}

/** Uses an invite; answers with the id of the group that it leads to. */
export function acceptInvite(invite: string): Promise<string> {
  return post('/api/invites/accept', { invite }, ({ group }) => textOf(toFields(group)['id']))
}

export function postInvite(group: string): Promise<Invite> {
  return post(`${pathTo(group)}/invites`, {}, ({ url, expiresAt }) => ({
    url: textOf(url),
    expiresAt: numberOf(expiresAt),
  }))
}

export function postTicket(group: string): Promise<string> {
  return post(`${pathTo(group)}/ticket`, {}, ({ ticket }) => textOf(ticket))
}

export function fetchMembers(group: string): Promise<readonly Person[]> {
  return get(`${pathTo(group)}/members`, ({ members }) =>
    listOf(members).map((member) => ({
      id: textOf(member['id']),
      name: textOf(member['name']),
      role: toRole(member['role']),
      isMember: (textOf(member['state']) || 'active') === 'active',
    })),
  )
}

/** The counters of the whole deployment, for whoever holds the operator's token. */
export function fetchCounters(token: string): Promise<ReadonlyMap<string, number>> {
  const headers = { authorization: `Bearer ${token}` }
  return get(
    '/api/ops/counters',
    ({ counters }) =>
      new Map(Object.entries(toFields(counters)).map(([name, value]) => [name, numberOf(value)])),
    headers,
  )
}

function pathTo(group: string): string {
  return `/api/groups/${encodeURIComponent(group)}`
}

function toMe(value: unknown): Me {
  const { id, name } = toFields(value)
  return { id: textOf(id), name: textOf(name) }
}

function toRole(value: unknown): Role {
  return ROLES.find((role) => role === value) ?? 'guest'
}
