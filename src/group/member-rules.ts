import type { Refusal } from '../protocol/codes.ts'
import { may, outranks } from '../protocol/permissions.ts'
import type { Action } from '../protocol/permissions.ts'
import type { MemberPatch } from './api.ts'
import { no } from './outcome.ts'
import type { Person } from './roster.ts'

export const FORBIDDEN = no('forbidden', 'your role here does not allow that')
export const TOO_HIGH = no('forbidden', 'you can act only on roles below your own')
export const LAST_OWNER = no(
  'conflict',
  'a group keeps at least one owner; make someone else an owner first',
)

/** What forbids a change of a member: the table first, then rank, then what makes no sense. */
export function refusalOf(actor: Person, person: Person, patch: MemberPatch): Refusal | undefined {
  if (!actionsOf(person, patch).every((action) => may(actor.role, action))) {
    return FORBIDDEN.refusal
  }
  const isSelf = actor.id === person.id
  if (isSelf && (patch.mutedUntil !== undefined || patch.state !== undefined)) {
    return { code: 'forbidden', message: 'nobody mutes, bans or admits themselves' }
  }
  const stepsDown = isSelf && patch.role !== undefined && outranks(person.role, patch.role)
  if (!outranks(actor.role, person.role) && !stepsDown) return TOO_HIGH.refusal
  if (patch.role !== undefined && !outranks(actor.role, patch.role)) {
    return { code: 'forbidden', message: 'you cannot give a role as high as your own' }
  }
  const needsSeat = patch.role !== undefined || patch.mutedUntil !== undefined
  return needsSeat && !keepsSeat(person, patch)
    ? { code: 'conflict', message: 'only somebody who is in has a role, or can be muted' }
    : undefined
}

function actionsOf(person: Person, { role, mutedUntil, state }: MemberPatch): readonly Action[] {
  const actions: Action[] = []
  if (role !== undefined) actions.push('appoint')
  if (mutedUntil !== undefined) actions.push('mute')
  if (state === 'banned' || (state === 'active' && person.state === 'banned')) actions.push('ban')
  else if (state === 'active') actions.push('admit')
  return actions
}

function keepsSeat(person: Person, { state }: MemberPatch): boolean {
  if (state === 'banned') return false
  return person.state === 'active' || (person.state === 'waiting' && state === 'active')
}
