import { wallClock } from '../link/clock.ts'
import type { Clock } from '../link/clock.ts'

// Late enough to be rare, early enough for a server that is down for a while.
const SHARE = 0.8
const MARGIN_MS = 5 * 60_000

// Closer to the end nothing is tried any more: the server closes, and the next ticket decides.
const TOO_LATE_MS = 10_000

/** When to renew a session that ends at `expiresAt`; never at once, however short it is. */
export function renewalAt(expiresAt: number, now: number): number {
  const leftMs = Math.max(0, expiresAt - now)
  return Math.min(now + leftMs * SHARE, expiresAt - Math.min(MARGIN_MS, leftMs / 2))
}

/** Has a session renewed before it ends, so that the connection outlives it. */
export class Renewal {
  readonly #renew: () => Promise<number | null>
  readonly #clock: Clock
  #cancel: () => void = () => {}
  #isStopped = false

  /** `renew` says when the new session ends; `null` where it cannot be renewed from here. */
  constructor(renew: () => Promise<number | null>, clock: Clock = wallClock) {
    this.#renew = renew
    this.#clock = clock
  }

  startFrom(expiresAt: number): void {
    this.#cancel()
    const now = this.#clock.now()
    if (this.#isStopped || !(expiresAt - now > TOO_LATE_MS)) return
    this.#cancel = this.#clock.after(
      renewalAt(expiresAt, now) - now,
      () => void this.#run(expiresAt),
    )
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  async #run(expiresAt: number): Promise<void> {
    try {
      const next = await this.#renew()
      if (next !== null) this.startFrom(next)
    } catch {
      // There is time left, though less of it: tried again, nearer to the end.
      this.startFrom(expiresAt)
    }
  }
}
