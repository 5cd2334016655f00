import type { Role } from './events.ts'
import { ROLES } from './events.ts'
import type { ClientFrame } from './frames.ts'

const GUEST = ['read', 'leave'] as const
const MEMBER = [...GUEST, 'say'] as const
const MODERATOR = [
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
] as const

/** Everything that a member may want of a group, over the socket, over HTTP or by a button. */
export const ACTIONS = [...MODERATOR, 'transfer', 'erase'] as const

export type Action = (typeof ACTIONS)[number]

// The one table for frames, HTTP and buttons; what is not listed is not allowed ([P23]).
const ALLOWED: Readonly<Record<Role, ReadonlySet<Action>>> = {
  owner: new Set(ACTIONS),
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
