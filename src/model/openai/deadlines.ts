import { ModelSilentError, type SilentKind } from '../errors.ts'
import type { StartTimer } from '../timers.ts'

/** How long an endpoint may be silent, in milliseconds. */
export interface ModelLimits {
  /** Until the first token, thinking included. */
  readonly firstTokenMs: number
  /** Between two tokens. */
  readonly idleMs: number
  readonly totalMs: number
}

// After finish_reason only the usage is awaited, and an answer is not kept from its end for that.
const TAIL_MS = 2_000

/**
 * Watches one call: its asker may stop it and silence may end it. Either aborts `signal` at once;
 * `explain` then tells which it was. Until `release`, timers and a listener are held.
 */
export class Deadlines {
  readonly #asker: AbortSignal
  readonly #limits: ModelLimits
  readonly #startTimer: StartTimer
  readonly #controller = new AbortController()
  readonly #onStop = () => this.#controller.abort(this.#asker.reason)
  readonly #clearTotal: () => void
  #clearNext: () => void
  #expired: SilentKind | undefined

  constructor(asker: AbortSignal, limits: ModelLimits, startTimer: StartTimer) {
    this.#asker = asker
    this.#limits = limits
    this.#startTimer = startTimer
    asker.addEventListener('abort', this.#onStop)
    this.#clearTotal = this.#expect('total', limits.totalMs)
    this.#clearNext = this.#expect('first_token', limits.firstTokenMs)
  }

  /** Aborts when the call must end, whoever wants it to. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** A token came, shown or not. */
  onToken(): void {
    this.#clearNext()
    this.#clearNext = this.#expect('idle', this.#limits.idleMs)
  }

  /** The answer is whole; what may follow is not worth a long wait. */
  onFinish(): void {
    this.#clearNext()
    this.#clearNext = this.#expect('idle', Math.min(this.#limits.idleMs, TAIL_MS))
  }

  /** What a fault that ended the call really was. */
  explain(fault: unknown): unknown {
    if (this.#asker.aborted) return this.#asker.reason
    return this.#expired ? new ModelSilentError(this.#expired, { cause: fault }) : fault
  }

  /** Lets go of timers, listener and, where it is still open, the connection. */
  release(): void {
    this.#clearTotal()
    this.#clearNext()
    this.#asker.removeEventListener('abort', this.#onStop)
    this.#controller.abort()
  }

  #expect(kind: SilentKind, ms: number): () => void {
    return this.#startTimer(ms, () => {
      this.#expired ??= kind
      this.#controller.abort()
    })
  }
}
