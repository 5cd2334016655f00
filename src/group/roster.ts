import type { Role } from '../protocol/events.ts'
import type { Identity, MemberState } from './api.ts'

/** Someone who belongs, or once belonged, to the group. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly state: MemberState
  /** Until when they may not speak, in milliseconds since 1970; 0 when they may. */
  readonly mutedUntil: number
  /** The newest seq they have read, as far as storage knows. */
  readonly readSeq: number
}

/** Who belongs to the group: a row each, all of them in memory once the first is asked for. */
export class Roster {
  readonly #sql: SqlStorage
  #people: Map<string, Person> | undefined

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Everyone who is in the group now. */
  active(): readonly Person[] {
    return [...this.#all().values()].filter(({ state }) => state === 'active')
  }

  /** Everyone whom the group knows, the banned and those who left included. */
  everyone(): readonly Person[] {
    return [...this.#all().values()]
  }

  known(id: string): Person | undefined {
    return this.#all().get(id)
  }

  /** The person, if they are in the group now. */
  member(id: string): Person | undefined {
    const person = this.known(id)
    return person?.state === 'active' ? person : undefined
  }

  /** The name behind an id; the id itself for someone whom the group does not know. */
  nameOf(id: string): string {
    return this.known(id)?.name ?? id
  }

  /** How many wait to be let in. */
  waiting(): number {
    return this.everyone().filter(({ state }) => state === 'waiting').length
  }

  owners(): number {
    return this.active().filter(({ role }) => role === 'owner').length
  }

  /** Lets somebody in. Who was muted before stays so, however they went away and came back. */
  admit(identity: Identity, role: Role, readSeq: number): Person {
    return this.#put({ ...this.#fresh(identity), role, state: 'active', readSeq })
  }

  /** Remembers somebody who has to be let in by a moderator. */
  await(identity: Identity, role: Role): Person {
    return this.#put({ ...this.#fresh(identity), role, state: 'waiting' })
  }

  change(person: Person, changes: Partial<Omit<Person, 'id'>>): Person {
    return this.#put({ ...person, ...changes })
  }

  // Inside a transaction that rolls back, memory would be ahead of storage: read anew next time.
  forget(): void {
    this.#people = undefined
  }

  #fresh({ id, name }: Identity): Pick<Person, 'id' | 'name' | 'mutedUntil' | 'readSeq'> {
    const { mutedUntil = 0, readSeq = 0 } = this.known(id) ?? {}
    return { id, name, mutedUntil, readSeq }
  }

  #put(person: Person): Person {
    this.#sql.exec(
      'INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?, ?, ?)',
      person.id,
      person.name,
      person.role,
      person.state,
      person.mutedUntil,
      person.readSeq,
    )
    this.#all().set(person.id, person)
    return person
  }

  #all(): Map<string, Person> {
    this.#people ??= new Map(
      this.#sql
        .exec<PersonRow>('SELECT * FROM members')
        .toArray()
        .map((row) => [row.id, toPerson(row)]),
    )
    return this.#people
  }
}

type PersonRow = {
  id: string
  name: string
  role: Role
  state: MemberState
  muted_until: number
  read_seq: number
}

function toPerson({ id, name, role, state, muted_until, read_seq }: PersonRow): Person {
  return { id, name, role, state, mutedUntil: muted_until, readSeq: read_seq }
}
