import { startTimer as realTimer } from '../model/timers.ts'
import type { StartTimer } from '../model/timers.ts'

/** How long something goes on for nobody: as long as a lost connection needs to come back. */
const ALONE_MS = 20_000

/**
 * Notices that everyone has left and stays away. Its timer is pending only while something is going on
 * that nobody hears, and so keeps no object awake that has nothing to do.
 */
export class Solitude {
  readonly #isAlone: () => boolean
  readonly #onAlone: () => void
  readonly #startTimer: StartTimer
  #clearTimer: (() => void) | undefined

  constructor(isAlone: () => boolean, onAlone: () => void, startTimer: StartTimer = realTimer) {
    this.#isAlone = isAlone
    this.#onAlone = onAlone
    this.#startTimer = startTimer
  }

  /** Looks around; call it when someone came or went, and when something began or ended. */
  look(): void {
    if (this.#isAlone()) {
      this.#clearTimer ??= this.#startTimer(ALONE_MS, () => this.#onTimer())
      return
    }
    this.#clearTimer?.()
    this.#clearTimer = undefined
  }

  #onTimer(): void {
    this.#clearTimer = undefined
    this.#onAlone()
  }
}
