import type { MemberChange, Role } from '../../protocol/events.ts'
import type { LogEvent } from '../link/received.ts'

/** Where someone stands: in, before the door, shut out, or gone. */
export type PersonState = 'active' | 'waiting' | 'banned' | 'left'

/** A member as the rest of the group sees them. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** Someone who has left stays known: their messages still carry a name. */
  readonly state: PersonState
  /** Until when they may not speak, in milliseconds since 1970; 0 when they may. */
  readonly mutedUntil: number
}

/** Everyone the group knows, by id. */
export type People = ReadonlyMap<string, Person>

/** Takes over what the server lists, which is all there are: whoever is not listed has left. */
export function withRoster(people: People, roster: readonly Person[]): People {
  const all = new Map<string, Person>()
  for (const person of people.values()) all.set(person.id, { ...person, state: 'left' })
  for (const person of roster) all.set(person.id, person)
  return all
}

/** Follows the comings and goings in the log. */
export function withMembership(people: People, events: readonly LogEvent[]): People {
  let all: Map<string, Person> | undefined
  for (const event of events) {
    if (event.kind !== 'member') continue
    const { member: id, change, role, name, until = 0 } = event.body
    all ??= new Map(people)
    const known = all.get(id)
    const state = stateAfter(change, known?.state ?? 'left')
    const isMute = change === 'muted' || change === 'unmuted'
    const mutedUntil = isMute ? until : (known?.mutedUntil ?? 0)
    all.set(id, { id, name: name ?? known?.name ?? '', role, state, mutedUntil })
  }
  return all ?? people
}

/** Learns from older entries the names of those who have left since; everyone else is known better. */
export function withNames(people: People, events: readonly LogEvent[]): People {
  const past = withMembership(new Map(), events)
  const unknown = [...past.values()].filter(({ id }) => !people.has(id))
  if (unknown.length === 0) return people
  const all = new Map(people)
  for (const person of unknown) all.set(person.id, { ...person, state: 'left', mutedUntil: 0 })
  return all
}

function stateAfter(change: MemberChange, before: PersonState): PersonState {
  switch (change) {
    case 'joined':
    case 'role':
    case 'renamed':
    case 'muted':
    case 'unmuted':
      return 'active'
    case 'left':
    case 'removed':
    case 'denied':
      return 'left'
    case 'banned':
      return 'banned'
    case 'unbanned':
      return before === 'banned' ? 'left' : before
  }
}

/** Who is here now. */
export type Online = ReadonlySet<string>

/** Follows the comings and goings of connections. */
export function withPresence(
  online: Online,
  change: { readonly on: readonly string[]; readonly off: readonly string[] },
): Online {
  const now = new Set(online)
  for (const id of change.on) now.add(id)
  for (const id of change.off) now.delete(id)
  return now
}
