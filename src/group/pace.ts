/** How fast one source may go: so many at once, then so many a second. */
export interface PaceLimit {
  readonly burst: number
  readonly perSecond: number
}

/** What sums of fractions of a millisecond may be off by; not worth a wait. */
const ROUNDING_MS = 0.001

/**
 * Paces authors by the generic cell rate algorithm (ITU-T I.371): all that is remembered of one is
 * the time at which their bucket will be full again. That number is stored with each event they
 * write, so a group that slept reads it back from its log and a pause refills nothing extra.
 */
export class Pace {
  readonly #intervalMs: number
  readonly #slackMs: number
  readonly #fullAt: Map<string, number>

  /** Each of `known` says where authors' paces stood; the later counts. */
  constructor(limit: PaceLimit, ...known: readonly ReadonlyMap<string, number>[]) {
    this.#intervalMs = 1000 / limit.perSecond
    this.#slackMs = (limit.burst - 1) * this.#intervalMs
    this.#fullAt = new Map()
    for (const [author, fullAt] of known.flatMap((paces) => [...paces])) {
      this.#fullAt.set(author, Math.max(fullAt, this.#fullAt.get(author) ?? 0))
    }
  }

  /** How long an event of this author has to wait, in milliseconds; 0 when it may go now. */
  waitMs(author: string, now: number): number {
    const ahead = Math.max(this.#fullAt.get(author) ?? 0, now) - now
    return Math.max(0, Math.ceil(ahead - this.#slackMs - ROUNDING_MS))
  }

  /** Where the author's pace will stand once an event of now has been written. */
  next(author: string, now: number): number {
    return Math.max(this.#fullAt.get(author) ?? 0, now) + this.#intervalMs
  }

  /** Remembers an event that was written. */
  spend(author: string, fullAt: number): void {
    this.#fullAt.set(author, fullAt)
  }
}

/** How far back the log must be read to know every author's pace. */
export function memoryMs(limit: PaceLimit): number {
  return Math.ceil((limit.burst * 1000) / limit.perSecond)
}
