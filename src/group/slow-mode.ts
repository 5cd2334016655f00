import type { Timeline } from './timeline.ts'

/**
 * Spaces out what one member says, in a group that wishes it. When they last spoke stands in the log,
 * so neither a sleep nor a second connection makes anyone faster.
 */
export class SlowMode {
  readonly #timeline: Pick<Timeline, 'lastRequestAt'>
  // Read once per member, then kept up with what they say.
  readonly #saidAt = new Map<string, number>()

  constructor(timeline: Pick<Timeline, 'lastRequestAt'>) {
    this.#timeline = timeline
  }

  /** How long a member has to wait for their next message, in milliseconds; 0 when they need not. */
  waitMs(member: string, seconds: number, now: number): number {
    if (seconds === 0) return 0
    const at = this.#saidAt.get(member) ?? this.#timeline.lastRequestAt(member, 'message') ?? 0
    this.#saidAt.set(member, at)
    return Math.max(0, at + seconds * 1_000 - now)
  }

  /** Notes that a member has said something. */
  said(member: string, at: number): void {
    this.#saidAt.set(member, at)
  }
}
