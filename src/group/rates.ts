import type { Refusal } from '../protocol/codes.ts'
import { may } from '../protocol/permissions.ts'
import { Pace } from './pace.ts'
import { refuse } from './refuse.ts'
import type { Person } from './roster.ts'
import type { SlowMode } from './slow-mode.ts'

/** Under this name the whole group is paced. */
const EVERYONE = '*'

/** How fast members, and all of them together, may change the log; and who may not at all for now. */
export class Rates {
  readonly #members: Pace
  readonly #group: Pace
  readonly #slowMode: SlowMode

  constructor(members: Pace, groupPerSecond: number, slowMode: SlowMode) {
    this.#members = members
    this.#slowMode = slowMode
    this.#group = new Pace({ burst: Math.max(1, groupPerSecond), perSecond: groupPerSecond })
  }

  /** Why this member may not speak for now, if that is so. */
  silence(person: Person, now: number): Refusal | undefined {
    const mutedMs = person.mutedUntil - now
    return mutedMs > 0 ? refuse('muted', 'a moderator muted you for a while', mutedMs) : undefined
  }

  /** Why this member has to wait with a message in slow mode, if they do. Who may mute is not slowed. */
  slow({ id, role }: Person, seconds: number, now: number): Refusal | undefined {
    if (may(role, 'mute')) return undefined
    const waitMs = this.#slowMode.waitMs(id, seconds, now)
    return waitMs > 0
      ? refuse('too_fast', `in this group one message in ${seconds} s is allowed`, waitMs)
      : undefined
  }

  /** Notes that a member has said something. */
  said(member: string, at: number): void {
    this.#slowMode.said(member, at)
  }

  /** Why this member has to wait, if they do. Nothing is spent yet: what is refused costs nobody anything. */
  check(person: Person, now: number): Refusal | undefined {
    const waitMs = Math.max(this.#members.waitMs(person.id, now), this.#group.waitMs(EVERYONE, now))
    return waitMs > 0 ? refuse('too_fast', 'that was too fast; wait a moment', waitMs) : undefined
  }

  /** Charges an event to the group's pace and a member's; what their event keeps of it, see `Pace`. */
  charge(member: string, now: number): number {
    this.#group.spend(EVERYONE, this.#group.next(EVERYONE, now))
    const fullAt = this.#members.next(member, now)
    this.#members.spend(member, fullAt)
    return fullAt
  }
}
