import { CLOSE } from '../protocol/codes.ts'
import type { EventBodies, MemberChange, Role } from '../protocol/events.ts'
import { may } from '../protocol/permissions.ts'
import type { Identity } from './api.ts'
import type { Connections } from './connections.ts'
import type { Invites } from './invites.ts'
import type { Outbox } from './outbox.ts'
import type { Person, Roster } from './roster.ts'
import type { StoredEvent } from './stored-event.ts'
import type { NewEvent, Timeline } from './timeline.ts'

/** What comings and goings need of the room around them. */
export interface MemberEventParts {
  readonly timeline: Timeline
  readonly roster: Roster
  readonly connections: Connections
  readonly outbox: Outbox
  readonly invites: Invites
  readonly show: (event: StoredEvent) => void
  /** Sends what is collected in a burst. */
  readonly flush: () => void
}

/** Every change of a membership: the row, the event that says who made it, and what follows at once. */
export class MemberEvents {
  readonly #parts: MemberEventParts

  constructor(parts: MemberEventParts) {
    this.#parts = parts
  }

  /** Lets somebody in; `also` writes what must be true together with it. */
  enter(person: Identity, role: Role, by: string, also: () => void = () => {}): Person {
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

  /** Puts somebody out. The event that says so is the last they get: it leaves before the close. */
  expel(by: string, person: Person, change: MemberChange, state: 'left' | 'banned'): Person {
    const gone = this.note(by, person, change, { state }, (seq) => {
      this.#parts.outbox.note({ kind: 'left', member: person.id, version: seq })
      // Under another name they would be back by a link of their own.
      if (state === 'banned') this.#parts.invites.revokeAllOf(person.id)
    })
    this.#parts.flush()
    for (const connection of this.#parts.connections.ofMember(person.id)) {
      connection.dismiss(CLOSE.removed, change === 'left' ? 'you left' : 'you were removed')
    }
    return gone
  }

  /** Notes any other change. */
  note(
    by: string,
    person: Person,
    change: MemberChange,
    changes: Partial<Omit<Person, 'id'>>,
    also: (seq: number) => void = () => {},
  ): Person {
    const { timeline, roster, show } = this.#parts
    const role = changes.role ?? person.role
    const body: EventBodies['member'] = {
      member: person.id,
      change,
      role,
      name: changes.name ?? person.name,
      ...(change === 'renamed' && { formerly: person.name }),
      ...(change === 'muted' && { until: changes.mutedUntil ?? 0 }),
    }
    const stored = this.#append(timeline, { kind: 'member', from: by, body }, (seq) => {
      roster.change(person, changes)
      also(seq)
    })
    show(stored)
    return roster.known(person.id) ?? person
  }

  /** Tells those who may let people in how many wait. */
  announceWaiting(): void {
    const { roster, connections } = this.#parts
    const count = roster.waiting()
    for (const connection of connections.all()) {
      const role = roster.member(connection.member)?.role
      if (role !== undefined && may(role, 'admit')) connection.tell({ type: 'waiting', count })
    }
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
