import type { Role } from './events.ts'
import { ROLES } from './events.ts'
import type { ClientFrame } from './frames.ts'

/** Everything that a member may want of a group, over the socket, over HTTP or by a button. */
export const ACTIONS = [
  'read',
  'leave',
  'say',
  'recallOthers',
  'stopOthers',
  'invite',
  'admit',
  'mute',
  'remove',
  'ban',
  'appoint',
  'changeSettings',
  'readLedger',
  'transfer',
  'erase',
] as const

export type Action = (typeof ACTIONS)[number]

const GUEST: readonly Action[] = ['read', 'leave']
const MEMBER: readonly Action[] = [...GUEST, 'say']
const MODERATOR: readonly Action[] = [
  ...MEMBER,
  'recallOthers',
  'stopOthers',
  'invite',
  'admit',
  'mute',
  'remove',
  'ban',
  'appoint',
  'changeSettings',
  'readLedger',
]
const OWNER: readonly Action[] = [...MODERATOR, 'transfer', 'erase']

// The one table for frames, HTTP and buttons; what is not listed is not allowed ([P23]).
const ALLOWED: Readonly<Record<Role, ReadonlySet<Action>>> = {
  owner: new Set(OWNER),
  moderator: new Set(MODERATOR),
  member: new Set(MEMBER),
  guest: new Set(GUEST),
}

/** What each frame asks leave for. Taking back or stopping what is another's asks for more. */
export const FRAME_ACTIONS: Readonly<Record<ClientFrame['type'], Action>> = {
  say: 'say',
  edit: 'say',
  recall: 'say',
  react: 'say',
  stop: 'say',
  again: 'say',
  typing: 'say',
  fetch: 'read',
  read: 'read',
  synced: 'read',
}

/** Whether the table gives this role leave for this action. */
export function may(role: Role, action: Action): boolean {
  return ALLOWED[role].has(action)
}

/** Whether someone of role `by` may act on someone of role `on`: only on lower ones, an owner on all. */
export function outranks(by: Role, on: Role): boolean {
  return by === 'owner' || ROLES.indexOf(by) < ROLES.indexOf(on)
}

/** The lower of two roles. */
export function lowerOf(one: Role, other: Role): Role {
  return ROLES.indexOf(one) > ROLES.indexOf(other) ? one : other
}
