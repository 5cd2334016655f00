import type { StartTimer } from '../../src/model/timers.ts'

/** Timers whose time a test moves by hand. */
export class ManualTimers {
  #now = 0
  #started = 0
  readonly #timers = new Map<object, { readonly at: number; readonly run: () => void }>()

  /** How far time has been moved, in milliseconds. */
  get now(): number {
    return this.#now
  }

  /** Timers that wait, neither fired nor called off. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Timers that were ever started. */
  get started(): number {
    return this.#started
  }

  readonly start: StartTimer = (ms, run) => {
    this.#started += 1
    const key = {}
    this.#timers.set(key, { at: this.#now + ms, run })
    return () => this.#timers.delete(key)
  }

  /** Moves time to the timer that is due first; false where none waits. */
  advanceToNext(): boolean {
    const next = Math.min(...Array.from(this.#timers.values(), ({ at }) => at))
    if (next === Infinity) return false
    this.advance(next - this.#now)
    return true
  }

  advance(ms: number): void {
    this.#now += ms
    for (const [key, timer] of Array.from(this.#timers)) {
      if (timer.at > this.#now) continue
      this.#timers.delete(key)
      timer.run()
    }
  }
}
