import type { Clock } from '../../../src/client/link/clock.ts'

interface Timer {
  readonly at: number
  readonly task: () => void
}

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #now = 1_000_000
  #timers: Timer[] = []

  now(): number {
    return this.#now
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { at: this.#now + delayMs, task }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Lets time pass, running what becomes due in its order. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const [due] = this.#timers
        .filter(({ at }) => at <= end)
        .toSorted((one, other) => one.at - other.at)
      if (due === undefined) break
      this.#timers = this.#timers.filter((other) => other !== due)
      this.#now = due.at
      due.task()
      await settle()
    }
    this.#now = end
  }
}

/** Lets promises that are already resolved reach those who wait for them. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
}
