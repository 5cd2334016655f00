import { lowerOf } from '../protocol/permissions.ts'
import type { Identity, InviteListing, InviteTerms, Joined, Outcome } from './api.ts'
import type { Facts } from './facts.ts'
import type { Invites } from './invites.ts'
import type { MemberEvents } from './member-events.ts'
import type { Membership } from './membership.ts'
import { no, yes } from './outcome.ts'
import type { Person, Roster } from './roster.ts'

/** What inviting needs of the room around it. */
export interface InvitingParts {
  readonly facts: Facts
  readonly roster: Roster
  readonly invites: Invites
  readonly membership: Membership
  readonly events: MemberEvents
  /** Runs writes that are one thing, all or nothing. */
  readonly atomically: <T>(run: () => T) => T
}

/** How people get in: by a link that somebody made, and where the group wishes by a moderator's yes. */
export class Inviting {
  readonly #parts: InvitingParts

  constructor(parts: InvitingParts) {
    this.#parts = parts
  }

  invite(by: string, hash: string, terms: InviteTerms): Outcome<null> {
    const allowed = this.#parts.membership.allowed(by, 'invite')
    if (!allowed.ok) return allowed
    this.#parts.invites.keep(by, hash, terms, Date.now())
    return yes(null)
  }

  list(by: string): Outcome<readonly InviteListing[]> {
    const allowed = this.#parts.membership.allowed(by, 'invite')
    return allowed.ok ? yes(this.#parts.invites.list(Date.now())) : allowed
  }

  revoke(by: string, invite: string): Outcome<null> {
    const allowed = this.#parts.membership.allowed(by, 'invite')
    if (!allowed.ok) return allowed
    return this.#parts.invites.revoke(invite)
      ? yes(null)
      : no('not_found', 'there is no such invite')
  }

  /** Redeems an invite, all or nothing. Every reason why not looks the same from outside. */
  join(person: Identity, hash: string): Outcome<Joined> {
    const { roster, invites, facts, events, atomically } = this.#parts
    const known = roster.known(person.id)
    // Whoever is in may ask again, also when it was they who used the invite up.
    if (known?.state === 'active' || known?.state === 'waiting') return yes(this.#joined(known))
    const invite = invites.find(hash, Date.now())
    if (!invite || known?.state === 'banned') return no('not_found', 'that invite is not valid')
    // Nobody gets rid of a lower role by leaving and coming back.
    const role = known ? lowerOf(invite.role, known.role) : invite.role
    if (facts.settings.join === 'open') {
      return yes(this.#joined(events.enter(person, role, person.id, () => invites.use(invite))))
    }
    const waiting = atomically(() => {
      invites.use(invite)
      return roster.await(person, role)
    })
    events.announceWaiting()
    return yes(this.#joined(waiting))
  }

  #joined(person: Person): Joined {
    return { ...this.#parts.membership.summary(person), waiting: person.state === 'waiting' }
  }
}
