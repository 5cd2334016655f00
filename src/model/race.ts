import type { AnswerStream, Ask, Completion } from './ask.ts'
import { consequenceOf, isModelFault } from './errors.ts'
import type { ExtraCalls } from './hedging.ts'
import { Overtaken, type Leg } from './leg.ts'
import type { StartTimer } from './timers.ts'
import { visibleFrom } from './visible.ts'

/** A question is asked of so many endpoints at most. */
const MOST_LEGS = 3

/** One leg that was asked; `place` counts in the order in which they were. */
interface Attempt {
  readonly leg: Leg
  readonly place: number
  readonly abort: AbortController
}

export interface RaceParts {
  readonly ask: Ask
  readonly stream: AnswerStream
  /** In the order in which they are preferred. */
  readonly legs: readonly Leg[]
  readonly extraCalls: ExtraCalls
  /** Whether the group has room for one call more than it needs. */
  readonly hasRoom: () => boolean
  /** Whether there is time left to begin an answer and to end it. */
  readonly hasTime: () => boolean
  readonly startTimer: StartTimer
  readonly onWin: (leg: Leg) => void
}

/**
 * One question and the legs that are asked it: the next one when a leg fails, or is slow, until the
 * first visible character. Whose that is wins, and all others are stopped; from then on nothing is
 * tried any more, so that an answer is never spliced from two.
 */
export class Race {
  readonly #parts: RaceParts
  readonly #running = new Set<Attempt>()
  readonly #waiting: Leg[]
  #tried = 0
  #winner: Attempt | undefined
  #clearHedge = (): void => {}
  #isOver = false
  #succeed: (completion: Completion) => void = () => {}
  #fail: (fault: unknown) => void = () => {}

  constructor(parts: RaceParts) {
    this.#parts = parts
    this.#waiting = [...parts.legs]
  }

  /** Settles with the one answer, or with what became of the last leg; undefined where none was ready. */
  run(): Promise<Completion> | undefined {
    const { signal } = this.#parts.stream
    const { promise, resolve, reject } = Promise.withResolvers<Completion>()
    const onStop = (): void => this.#fail(signal.reason)
    const finish = (): void => {
      this.#isOver = true
      this.#clearHedge()
      signal.removeEventListener('abort', onStop)
    }
    this.#succeed = (completion) => {
      finish()
      resolve(completion)
    }
    this.#fail = (fault) => {
      finish()
      this.#stop(signal.aborted ? signal.reason : undefined)
      reject(fault)
    }
    signal.addEventListener('abort', onStop)
    if (this.#startNext(false)) return promise
    finish()
    return undefined
  }

  #startNext(isExtra: boolean): boolean {
    const at = this.#waiting.findIndex((leg) => leg.rest() === undefined)
    const leg = this.#waiting[at]
    if (!leg || this.#tried >= MOST_LEGS || !this.#parts.hasTime()) return false
    this.#waiting.splice(0, at + 1)
    this.#tried += 1
    this.#parts.extraCalls.note(isExtra)
    const attempt = { leg, place: this.#tried, abort: new AbortController() }
    this.#running.add(attempt)
    this.#expect(attempt)
    void this.#follow(attempt)
    return true
  }

  async #follow(attempt: Attempt): Promise<void> {
    const { ask, stream } = this.#parts
    const visible = visibleFrom({
      signal: attempt.abort.signal,
      onText: (text) => {
        this.#commit(attempt)
        stream.onText(text)
      },
    })
    try {
      const completion = await attempt.leg.call(ask, {
        signal: visible.signal,
        onText: (text) => visible.onText(text),
        onToken: () => this.#onToken(attempt),
      })
      if (this.#isOver || (this.#winner && this.#winner !== attempt)) return
      this.#commit(attempt)
      this.#succeed(completion)
    } catch (fault) {
      this.#running.delete(attempt)
      if (!this.#isOver) this.#onFault(attempt, fault)
    }
  }

  #onFault(attempt: Attempt, fault: unknown): void {
    if (this.#winner) {
      if (this.#winner === attempt) this.#fail(fault)
      return
    }
    const isLast = !isModelFault(fault) || !consequenceOf(fault.kind).tryNext
    if (isLast) return this.#fail(fault)
    // Where one was asked after it already, that one is the next.
    if (attempt.place < this.#tried && this.#running.size > 0) return
    this.#clearHedge()
    if (!this.#startNext(false) && this.#running.size === 0) this.#fail(fault)
  }

  // A leg that thinks aloud is alive, and none is asked beside it.
  #onToken(attempt: Attempt): void {
    if (attempt.place === this.#tried) this.#clearHedge()
  }

  #expect(attempt: Attempt): void {
    const { extraCalls, hasRoom, startTimer } = this.#parts
    if (this.#waiting.length === 0 || this.#tried >= MOST_LEGS) return
    this.#clearHedge = startTimer(attempt.leg.patienceMs(), () => {
      if (extraCalls.allows() && hasRoom()) this.#startNext(true)
    })
  }

  #commit(attempt: Attempt): void {
    if (this.#winner) return
    this.#winner = attempt
    this.#clearHedge()
    this.#running.delete(attempt)
    for (const { place, abort } of this.#running) {
      abort.abort(place < attempt.place ? new Overtaken() : undefined)
    }
    this.#parts.onWin(attempt.leg)
  }

  #stop(reason: unknown): void {
    for (const { abort } of this.#running) abort.abort(reason)
    this.#winner?.abort.abort(reason)
  }
}
