import type { Refusal } from '../protocol/codes.ts'
import { Pace } from './pace.ts'
import { refuse } from './refuse.ts'
import type { Person } from './roster.ts'

/** Under this name the whole group is paced. */
const EVERYONE = '*'

/** How fast members, and all of them together, may change the log; and who may not at all for now. */
export class Rates {
  readonly #members: Pace
  readonly #group: Pace

  constructor(members: Pace, groupPerSecond: number) {
    this.#members = members
    this.#group = new Pace({ burst: groupPerSecond, perSecond: groupPerSecond })
  }

  /** Why this member has to wait, if they do. What is let through counts against the group. */
  check(person: Person, now: number): Refusal | undefined {
    const mutedMs = person.mutedUntil - now
    if (mutedMs > 0) return refuse('muted', 'a moderator muted you for a while', mutedMs)
    const waitMs = Math.max(this.#members.waitMs(person.id, now), this.#group.waitMs(EVERYONE, now))
    if (waitMs > 0) return refuse('too_fast', 'that was too fast; wait a moment', waitMs)
    this.#group.spend(EVERYONE, this.#group.next(EVERYONE, now))
    return undefined
  }

  /** Charges an event to a member's pace; what their event keeps of it, see `Pace`. */
  charge(member: string, now: number): number {
    const fullAt = this.#members.next(member, now)
    this.#members.spend(member, fullAt)
    return fullAt
  }
}
