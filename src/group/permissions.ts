import type { Role } from '../protocol/events.ts'

/** Everything that a member may want of a group, over the socket or over HTTP. */
export type Action =
  | 'read'
  | 'say'
  | 'recallOthers'
  | 'stopOthers'
  | 'changeSettings'
  | 'invite'
  | 'moderate'
  | 'erase'

const GUEST: readonly Action[] = ['read']
const MEMBER: readonly Action[] = [...GUEST, 'say']
const MODERATOR: readonly Action[] = [
  ...MEMBER,
  'recallOthers',
  'stopOthers',
  'changeSettings',
  'invite',
  'moderate',
]
const OWNER: readonly Action[] = [...MODERATOR, 'erase']

// One table for frames and HTTP alike; what is not listed is not allowed ([P23]).
const ALLOWED: Readonly<Record<Role, ReadonlySet<Action>>> = {
  owner: new Set(OWNER),
  moderator: new Set(MODERATOR),
  member: new Set(MEMBER),
  guest: new Set(GUEST),
}

const RANK: Readonly<Record<Role, number>> = { owner: 3, moderator: 2, member: 1, guest: 0 }

export function may(role: Role, action: Action): boolean {
  return ALLOWED[role].has(action)
}

/** Whether someone of role `by` may act on someone of role `on`: only on lower ones, an owner on all. */
export function outranks(by: Role, on: Role): boolean {
  return by === 'owner' || RANK[by] > RANK[on]
}
