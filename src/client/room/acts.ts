import { ROLES } from '../../protocol/events.ts'
import type { Role } from '../../protocol/events.ts'
import { may, outranks } from '../../protocol/permissions.ts'
import type { Person } from '../store/people.ts'

/** Something that one member may do to another. */
export type Act =
  | { readonly is: 'mute'; readonly seconds: number }
  | { readonly is: 'unmute' }
  | { readonly is: 'make'; readonly role: Role }
  | { readonly is: 'transfer' }
  | { readonly is: 'remove' }
  | { readonly is: 'ban' }

const MUTE_SECONDS = [600, 3_600, 86_400]

/** What someone of role `by` may do to another member: what the table allows, to whom they outrank. */
export function actsOn(by: Role, person: Person, isMuted: boolean): readonly Act[] {
  const acts: Act[] = []
  const isBelow = outranks(by, person.role)
  if (isBelow && may(by, 'mute')) {
    if (isMuted) acts.push({ is: 'unmute' })
    else for (const seconds of MUTE_SECONDS) acts.push({ is: 'mute', seconds })
  }
  if (isBelow && may(by, 'appoint')) {
    for (const role of ROLES) {
      // An owner is made by handing over, so that everybody knows who it is.
      const isGiven = role !== 'owner' && role !== person.role && outranks(by, role)
      if (isGiven) acts.push({ is: 'make', role })
    }
  }
  if (may(by, 'transfer')) acts.push({ is: 'transfer' })
  if (isBelow && may(by, 'remove')) acts.push({ is: 'remove' })
  if (isBelow && may(by, 'ban')) acts.push({ is: 'ban' })
  return acts
}
