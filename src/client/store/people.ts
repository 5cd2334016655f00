import type { MemberChange, Role } from '../../protocol/events.ts'
import type { LogEvent } from '../link/received.ts'

/** A member as the rest of the group sees them. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** False for someone who has left or was removed; their messages still carry a name. */
  readonly isMember: boolean
}

/** Everyone the group knows, by id. */
export type People = ReadonlyMap<string, Person>

/** Takes over what the server lists, which is newer than anything heard before. */
export function withRoster(people: People, roster: readonly Person[]): People {
  const all = new Map(people)
  for (const person of roster) all.set(person.id, person)
  return all
}

/** Follows the comings and goings in the log. */
export function withMembership(people: People, events: readonly LogEvent[]): People {
  let all: Map<string, Person> | undefined
  for (const event of events) {
    if (event.kind !== 'member') continue
    const { member: id, change, role, name } = event.body
    all ??= new Map(people)
    const known = all.get(id)
    const isMember = membershipAfter(change, known?.isMember ?? false)
    all.set(id, { id, name: name ?? known?.name ?? '', role, isMember })
  }
  return all ?? people
}

function membershipAfter(change: MemberChange, before: boolean): boolean {
  switch (change) {
    case 'joined':
    case 'role':
    case 'muted':
    case 'unmuted':
      return true
    case 'left':
    case 'removed':
    case 'banned':
    case 'denied':
      return false
    case 'unbanned':
      return before
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
