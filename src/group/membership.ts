import type { Refusal, RefusalCode } from '../protocol/codes.ts'
import { CLOSE } from '../protocol/codes.ts'
import type { EventBodies, GroupSettings, MemberChange, Role } from '../protocol/events.ts'
import type {
  GroupSummary,
  Identity,
  InviteTerms,
  MemberListing,
  MemberPatch,
  Outcome,
} from './api.ts'
import type { Connections } from './connections.ts'
import type { Facts } from './facts.ts'
import type { Outbox } from './outbox.ts'
import { may, outranks } from './permissions.ts'
import type { Action } from './permissions.ts'
import type { Person, Roster } from './roster.ts'
import type { StoredEvent } from './stored-event.ts'
import type { NewEvent, Timeline } from './timeline.ts'

/** What membership needs of the room around it. */
export interface MembershipParts {
  readonly sql: SqlStorage
  readonly facts: Facts
  readonly timeline: Timeline
  readonly roster: Roster
  readonly connections: Connections
  readonly outbox: Outbox
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
    return may(person.role, action)
      ? yes(person)
      : no('forbidden', 'your role here does not allow that')
  }

  summary(person: Person): GroupSummary {
    const { id, title, settings } = this.#parts.facts
    return { id, title, role: person.role, settings }
  }

  found(owner: Identity): Person {
    return this.#enter(owner, 'owner', owner.id)
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
    if (Object.keys(changed).length === 0) return yes(this.summary(allowed.value))
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
    const isModerator = may(allowed.value.role, 'moderate')
    const listed = isModerator
      ? this.#parts.roster.everyone().filter(({ state }) => state !== 'left')
      : this.#parts.roster.active()
    return yes(listed.map((person) => toListing(person, present)))
  }

  changeMember(by: string, target: string, patch: MemberPatch): Outcome<MemberListing> {
    const allowed = this.#allowedOn(by, target)
    if (!allowed.ok) return allowed
    const { actor, person } = allowed.value
    if (patch.role !== undefined && !outranks(actor.role, patch.role)) {
      return no('forbidden', 'you cannot give a role as high as your own')
    }
    const leavesNoOwner =
      person.role === 'owner' &&
      this.#parts.roster.owners() === 1 &&
      ((patch.role ?? 'owner') !== 'owner' || patch.state === 'banned')
    if (leavesNoOwner) return no('conflict', 'a group keeps at least one owner')
    let now = person
    if (patch.role !== undefined && patch.role !== person.role) {
      now = this.#note(by, now, 'role', { role: patch.role })
    }
    if (patch.mutedUntil !== undefined && patch.mutedUntil !== person.mutedUntil) {
      now = this.#note(by, now, 'muted', { mutedUntil: patch.mutedUntil })
    }
    if (patch.state === 'banned' && person.state !== 'banned') {
      now = this.#expel(by, now, 'banned', 'banned')
    }
    if (patch.state === 'active' && person.state === 'banned') {
      // Forgiven, but not back in: that takes an invite.
      now = this.#note(by, now, 'unbanned', { state: 'left' })
    }
    return yes(toListing(now, this.#parts.connections.present(Date.now())))
  }

  removeMember(by: string, target: string): Outcome<null> {
    if (by !== target) {
      const allowed = this.#allowedOn(by, target)
      if (!allowed.ok) return allowed
    }
    const person = this.#parts.roster.member(target)
    if (!person) return no('not_found', 'there is no such member here')
    if (person.role === 'owner' && this.#parts.roster.owners() === 1) {
      return no('conflict', 'the last owner cannot leave; make someone else an owner first')
    }
    this.#expel(by, person, by === target ? 'left' : 'removed', 'left')
    return yes(null)
  }

  invite(by: string, hash: string, { role, uses, expiresAt }: InviteTerms): Outcome<null> {
    const allowed = this.allowed(by, 'invite')
    if (!allowed.ok) return allowed
    const { sql } = this.#parts
    sql.exec('DELETE FROM invites WHERE expires_at <= ?', Date.now())
    sql.exec('INSERT OR REPLACE INTO invites VALUES (?, ?, ?, ?)', hash, role, uses, expiresAt)
    return yes(null)
  }

  revokeInvite(by: string, hash: string): Outcome<null> {
    const allowed = this.allowed(by, 'invite')
    if (!allowed.ok) return allowed
    const { rowsWritten } = this.#parts.sql.exec('DELETE FROM invites WHERE hash = ?', hash)
    return rowsWritten > 0 ? yes(null) : no('not_found', 'there is no such invite')
  }

  /** Redeems an invite, all or nothing. Every reason why not looks the same from outside. */
  join(person: Identity, hash: string): Outcome<GroupSummary> {
    const { sql, roster } = this.#parts
    const known = roster.known(person.id)
    const invite = sql
      .exec(
        'SELECT role FROM invites WHERE hash = ? AND uses_left > 0 AND expires_at > ?',
        hash,
        Date.now(),
      )
      .toArray()[0]
    if (!invite || known?.state === 'banned') return no('not_found', 'that invite is not valid')
    if (known?.state === 'active') return yes(this.summary(known))
    const role = invite['role'] === 'guest' ? 'guest' : 'member'
    const joined = this.#enter(person, role, person.id, () =>
      sql.exec('UPDATE invites SET uses_left = uses_left - 1 WHERE hash = ?', hash),
    )
    return yes(this.summary(joined))
  }

  /** Whether this person may connect; takes over the name they have now. */
  admit({ id, name }: Identity): Outcome<GroupSummary> {
    const allowed = this.allowed(id, 'read')
    if (!allowed.ok) return allowed
    const person = allowed.value
    const named = person.name === name ? person : this.#parts.roster.change(person, { name })
    return yes(this.summary(named))
  }

  #allowedOn(
    by: string,
    target: string,
  ): Outcome<{ readonly actor: Person; readonly person: Person }> {
    const allowed = this.allowed(by, 'moderate')
    if (!allowed.ok) return allowed
    const person = this.#parts.roster.known(target)
    if (!person || person.state === 'left') return no('not_found', 'there is no such member here')
    return outranks(allowed.value.role, person.role)
      ? yes({ actor: allowed.value, person })
      : no('forbidden', 'you can act only on roles below your own')
  }

  #enter(person: Identity, role: Role, by: string, also: () => void = () => {}): Person {
    const { timeline, roster, outbox, show } = this.#parts
    const body = { member: person.id, change: 'joined', role, name: person.name } as const
    const stored = this.#append(timeline, { kind: 'member', from: by, body }, (seq) => {
      also()
      roster.admit(person, role, seq)
      outbox.note({ kind: 'joined', member: person.id, version: seq })
    })
    show(stored)
    return roster.known(person.id) ?? roster.admit(person, role, stored.seq)
  }

  // The event that removes them is the last they get: it leaves before their connections close.
  #expel(by: string, person: Person, change: MemberChange, state: 'left' | 'banned'): Person {
    const gone = this.#note(by, person, change, { state }, (seq) =>
      this.#parts.outbox.note({ kind: 'left', member: person.id, version: seq }),
    )
    for (const connection of this.#parts.connections.ofMember(person.id)) {
      connection.dismiss(CLOSE.removed, change === 'left' ? 'you left' : 'you were removed')
    }
    return gone
  }

  #note(
    by: string,
    person: Person,
    change: MemberChange,
    changes: Partial<Omit<Person, 'id'>>,
    also: (seq: number) => void = () => {},
  ): Person {
    const { timeline, roster, show } = this.#parts
    const role = changes.role ?? person.role
    const body: EventBodies['member'] = { member: person.id, change, role, name: person.name }
    const stored = this.#append(timeline, { kind: 'member', from: by, body }, (seq) => {
      roster.change(person, changes)
      also(seq)
    })
    show(stored)
    return roster.known(person.id) ?? person
  }

  #append(timeline: Timeline, event: NewEvent, also: (seq: number) => void): StoredEvent {
    try {
      return timeline.append(event, also)
    } catch (fault) {
      this.#parts.roster.forget()
      throw fault
    }
  }
}

function toListing(person: Person, present: ReadonlySet<string>): MemberListing {
  const { id, name, role, state, mutedUntil } = person
  return { id, name, role, state, online: present.has(id), mutedUntil }
}

export function yes<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

export function no(code: RefusalCode, message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message } }
}
