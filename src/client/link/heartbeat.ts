import { HEARTBEAT_MS, SILENCE_MS } from '../../protocol/limits.ts'
import type { Clock } from './clock.ts'

/**
 * Asks every so often whether the other end is still there ([P17]). Silence is counted from an
 * unanswered `ping`, never from a timer alone: background tabs run timers minutes late.
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #ping: () => void
  readonly #onSilence: () => void
  #cancel: () => void = () => {}
  #isWaiting = false

  constructor(clock: Clock, ping: () => void, onSilence: () => void) {
    this.#clock = clock
    this.#ping = ping
    this.#onSilence = onSilence
  }

  start(): void {
    this.stop()
    this.#cancel = this.#clock.after(HEARTBEAT_MS, () => this.#ask())
  }

  stop(): void {
    this.#cancel()
    this.#isWaiting = false
  }

  /** Something arrived, no matter what. */
  heard(): void {
    if (this.#isWaiting) this.start()
  }

  #ask(): void {
    this.#isWaiting = true
    this.#cancel = this.#clock.after(SILENCE_MS - HEARTBEAT_MS, () => this.#onSilence())
    this.#ping()
  }
}
