import { ROLES } from '../../protocol/events.ts'
import type { Role } from '../../protocol/events.ts'
import type { Person, PersonState } from '../store/people.ts'
import type { Language } from '../words/words.ts'
import { get, HttpError, listOf, numberOf, post, send, textOf, toFields } from './http.ts'

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

/** Where an invite leads, and whether a moderator has to let one in first. */
export interface Accepted {
  readonly group: string
  readonly isWaiting: boolean
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

/** Uses an invite. */
export function acceptInvite(invite: string): Promise<Accepted> {
  return post('/api/invites/accept', { invite }, ({ group, waiting }) => ({
    group: textOf(toFields(group)['id']),
    isWaiting: waiting === true,
  }))
}

/** Whether one belongs to a group by now. */
export async function isMemberOf(group: string): Promise<boolean> {
  try {
    return await get(pathTo(group), () => true)
  } catch (cause) {
    if (cause instanceof HttpError && [403, 404].includes(cause.status)) return false
    throw cause
  }
}

/** Puts an open connection under the session of now; answers with the end of that. */
export function postRenewal(group: string, connection: string): Promise<number> {
  return post(`${pathTo(group)}/renew`, { connection }, ({ expiresAt }) => numberOf(expiresAt))
}

/** Ends the session on this device. */
export function deleteSession(): Promise<void> {
  return send('DELETE', '/api/session', null, () => {})
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
      state: toState(member['state']),
      mutedUntil: numberOf(member['mutedUntil']),
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

/** The address of everything that belongs to a group. */
export function pathTo(group: string): string {
  return `/api/groups/${encodeURIComponent(group)}`
}

function toMe(value: unknown): Me {
  const { id, name } = toFields(value)
  return { id: textOf(id), name: textOf(name) }
}

export function toRole(value: unknown): Role {
  return ROLES.find((role) => role === value) ?? 'guest'
}

function toState(value: unknown): PersonState {
  return value === 'waiting' || value === 'banned' || value === 'left' ? value : 'active'
}
