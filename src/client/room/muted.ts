import { signal } from '@preact/signals'

import { wallClock } from '../link/clock.ts'
import type { Clock } from '../link/clock.ts'

/** Until when one may not speak; it ends by itself when the time is over. */
export class Muted {
  /** In milliseconds since 1970; 0 while one may speak. */
  readonly until = signal(0)
  readonly #clock: Clock
  #cancel: () => void = () => {}

  constructor(clock: Clock = wallClock) {
    this.#clock = clock
  }

  set(until: number): void {
    this.#cancel()
    const leftMs = until - this.#clock.now()
    this.until.value = leftMs > 0 ? until : 0
    if (leftMs <= 0) return
    this.#cancel = this.#clock.after(leftMs, () => {
      this.until.value = 0
    })
  }

  stop(): void {
    this.#cancel()
  }
}
