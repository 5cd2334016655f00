import type { Refusal } from '../protocol/codes.ts'
import type { GroupSettings } from '../protocol/events.ts'
import { may, outranks } from '../protocol/permissions.ts'
import type { Action } from '../protocol/permissions.ts'
import type { GroupSummary, Identity, MemberListing, MemberPatch, Outcome } from './api.ts'
import type { Connections } from './connections.ts'
import type { Facts } from './facts.ts'
import type { MemberEvents } from './member-events.ts'
import { FORBIDDEN, LAST_OWNER, refusalOf, TOO_HIGH } from './member-rules.ts'
import { no, yes } from './outcome.ts'
import type { Rates } from './rates.ts'
import type { Person, Roster } from './roster.ts'
import type { StoredEvent } from './stored-event.ts'
import type { Timeline } from './timeline.ts'

/** What membership needs of the room around it. */
export interface MembershipParts {
  readonly facts: Facts
  readonly timeline: Timeline
  readonly roster: Roster
  readonly connections: Connections
  readonly events: MemberEvents
  readonly rates: Rates
  readonly show: (event: StoredEvent) => void
}

/** Who gets in, as what, and who has to go. Every change is an event that says who made it. */
export class Membership {
  readonly #parts: MembershipParts

  constructor(parts: MembershipParts) {
    this.#parts = parts
  }

  /** The person behind `id` if they may do `action` here, else the refusal they get. */
  allowed(id: string, action: Action): Outcome<Person> {
    const person = this.#parts.roster.member(id)
    // Whoever is not in the group is not told whether there is one.
    if (!person) return no('not_found', 'there is no such group')
    return may(person.role, action) ? yes(person) : FORBIDDEN
  }

  summary(person: Person): GroupSummary {
    const { id, title, settings } = this.#parts.facts
    return { id, title, role: person.role, settings }
  }

  found(owner: Identity): Person {
    return this.#parts.events.enter(owner, 'owner', owner.id)
  }

  change(
    by: string,
    patch: { readonly title?: string; readonly settings?: Partial<GroupSettings> },
  ): Outcome<GroupSummary> {
    const allowed = this.allowed(by, 'changeSettings')
    if (!allowed.ok) return allowed
    const { facts, timeline, show } = this.#parts
    const changed = {
      ...(patch.title !== undefined && { title: patch.title }),
      ...patch.settings,
    }
    const before: object = { title: facts.title, ...facts.settings }
    const isNews = Object.entries(changed).some(
      ([name, value]) => Reflect.get(before, name) !== value,
    )
    if (!isNews) return yes(this.summary(allowed.value))
    const stored = timeline.append({ kind: 'settings', from: by, body: { changed } }, () => {
      if (patch.title !== undefined) facts.rename(patch.title)
      if (patch.settings) facts.settle({ ...facts.settings, ...patch.settings })
    })
    show(stored)
    return yes(this.summary(allowed.value))
  }

  roster(by: string): Outcome<readonly MemberListing[]> {
    const allowed = this.allowed(by, 'read')
    if (!allowed.ok) return allowed
    const present = this.#parts.connections.present(Date.now())
    const listed = may(allowed.value.role, 'admit')
      ? this.#parts.roster.everyone().filter(({ state }) => state !== 'left')
      : this.#parts.roster.active()
    return yes(listed.map((person) => toListing(person, present)))
  }

  /** Changes what somebody is here, where all of the patch is allowed; else nothing of it happens. */
  changeMember(by: string, target: string, patch: MemberPatch): Outcome<MemberListing> {
    const found = this.#target(by, target, patch.state === 'banned')
    if (!found.ok) return found
    const { actor, person } = found.value
    const refused = refusalOf(actor, person, patch) ?? this.#withoutOwner(person, patch)
    if (refused) return { ok: false, refusal: refused }
    let now = person
    if (patch.state === 'active' && now.state === 'waiting') {
      now = this.#parts.events.enter(now, now.role, by)
      this.#parts.events.announceWaiting()
    }
    if (patch.state === 'active' && now.state === 'banned') {
      // Forgiven, but not back in: that takes an invite.
      now = this.#parts.events.note(by, now, 'unbanned', { state: 'left' })
    }
    if (patch.role !== undefined && patch.role !== now.role) {
      now = this.#parts.events.note(by, now, 'role', { role: patch.role })
    }
    if (patch.mutedUntil !== undefined && patch.mutedUntil !== now.mutedUntil) {
      const change = patch.mutedUntil > Date.now() ? 'muted' : 'unmuted'
      now = this.#parts.events.note(by, now, change, { mutedUntil: patch.mutedUntil })
    }
    if (patch.state === 'banned' && now.state !== 'banned') {
      now = this.#parts.events.expel(by, now, 'banned', 'banned')
      if (person.state === 'waiting') this.#parts.events.announceWaiting()
    }
    return yes(toListing(now, this.#parts.connections.present(Date.now())))
  }

  /** Hands the group over: its new owner first, so that it is never without one. */
  transfer(by: string, target: string): Outcome<MemberListing> {
    const allowed = this.allowed(by, 'transfer')
    if (!allowed.ok) return allowed
    const person = this.#parts.roster.member(target)
    if (!person) return no('not_found', 'there is no such member here')
    if (by === target) return no('conflict', 'you are the owner already')
    // Nobody would stand above them to let them speak again.
    const heard =
      person.mutedUntil > Date.now()
        ? this.#parts.events.note(by, person, 'unmuted', { mutedUntil: 0 })
        : person
    const owner =
      heard.role === 'owner' ? heard : this.#parts.events.note(by, heard, 'role', { role: 'owner' })
    this.#parts.events.note(by, allowed.value, 'role', { role: 'moderator' })
    return yes(toListing(owner, this.#parts.connections.present(Date.now())))
  }

  removeMember(by: string, target: string): Outcome<null> {
    if (by === target) return this.#leave(by)
    const found = this.#target(by, target)
    if (!found.ok) return found
    const { actor, person } = found.value
    if (person.state === 'banned') return no('conflict', 'they are banned, and so not in here')
    if (person.state === 'waiting') {
      if (!may(actor.role, 'admit')) return FORBIDDEN
      this.#parts.events.note(by, person, 'denied', { state: 'left' })
      this.#parts.events.announceWaiting()
      return yes(null)
    }
    if (!may(actor.role, 'remove')) return FORBIDDEN
    if (!outranks(actor.role, person.role)) return TOO_HIGH
    if (this.#isLastOwner(person)) return LAST_OWNER
    this.#parts.events.expel(by, person, 'removed', 'left')
    return yes(null)
  }

  /** Whether this person may connect. A name that they have changed, everybody hears of as soon as they may speak. */
  admit({ id, name }: Identity): Outcome<GroupSummary> {
    const allowed = this.allowed(id, 'read')
    if (!allowed.ok) return allowed
    const person = allowed.value
    const { rates, events } = this.#parts
    const now = Date.now()
    // A name says something as well, so it goes by the same rules.
    const isHeld = rates.silence(person, now) ?? rates.check(person, now)
    if (person.name === name || isHeld) return yes(this.summary(person))
    rates.charge(id, now)
    return yes(this.summary(events.note(id, person, 'renamed', { name })))
  }

  #leave(by: string): Outcome<null> {
    const allowed = this.allowed(by, 'leave')
    if (!allowed.ok) return allowed
    if (this.#isLastOwner(allowed.value)) return LAST_OWNER
    this.#parts.events.expel(by, allowed.value, 'left', 'left')
    return yes(null)
  }

  // Who acts, and on whom. Those who left are gone for everything but a ban. Who is not in the group is not told who else is or is not.
  #target(
    by: string,
    target: string,
    alsoGone = false,
  ): Outcome<{ readonly actor: Person; readonly person: Person }> {
    const allowed = this.allowed(by, 'read')
    if (!allowed.ok) return allowed
    const actor = allowed.value
    const person = this.#parts.roster.known(target)
    // Those who wait and those who are banned are there for moderators only.
    const isSeen = person?.state === 'active' || (person && may(actor.role, 'admit'))
    if (!person || !isSeen || (person.state === 'left' && !alsoGone)) {
      return may(actor.role, 'remove') ? no('not_found', 'there is no such member here') : FORBIDDEN
    }
    return yes({ actor, person })
  }

  #withoutOwner(person: Person, { role, state }: MemberPatch): Refusal | undefined {
    const keepsOne = (role ?? 'owner') === 'owner' && state !== 'banned'
    return !keepsOne && this.#isLastOwner(person) ? LAST_OWNER.refusal : undefined
  }

  #isLastOwner({ role, state }: Person): boolean {
    return role === 'owner' && state === 'active' && this.#parts.roster.owners() === 1
  }
}

function toListing(person: Person, present: ReadonlySet<string>): MemberListing {
  const { id, name, role, state, mutedUntil } = person
  return { id, name, role, state, online: present.has(id), mutedUntil }
}
