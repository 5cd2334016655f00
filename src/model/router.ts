import type { Usage } from '../protocol/events.ts'
import type { AnswerStream, Ask, Completion, Model } from './ask.ts'
import { ModelRestingError } from './errors.ts'
import type { ExtraCalls } from './hedging.ts'
import type { Leg } from './leg.ts'
import type { Rest } from './memory.ts'
import { Race } from './race.ts'
import type { StartTimer } from './timers.ts'

// The platform lets six connections of one object wait for headers; storage and queues need some.
const CALLS_WITH_EXTRA = 4

export interface RouterParts {
  /** In order of preference; one at least. */
  readonly legs: readonly Leg[]
  readonly extraCalls: ExtraCalls
  readonly startTimer: StartTimer
  readonly now: () => number
  /** No endpoint is asked any more so long after the question; the embedded responder is quicker. */
  readonly lastStartMs: number
}

/** The endpoints as one model. */
export class Router implements Model {
  readonly #parts: RouterParts
  #winner: Leg | undefined

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** Whether the newest answer let people wait for its first token. */
  get isSlow(): boolean {
    return this.#winner?.isSlow ?? false
  }

  /** Which endpoint is back first, where none may be called now. */
  rest(): Rest | undefined {
    const rests = this.#parts.legs.map((leg) => leg.rest())
    const resting = rests.filter((rest) => rest !== undefined)
    if (resting.length < rests.length) return undefined
    return resting.toSorted((a, b) => a.until - b.until)[0]
  }

  /** What the dearest endpoint may use, for any of them may be the one to answer. */
  estimate(ask: Ask): Usage {
    const estimates = this.#parts.legs.map((leg) => leg.estimate(ask))
    return {
      inputTokens: Math.max(...estimates.map(({ inputTokens }) => inputTokens)),
      outputTokens: Math.max(...estimates.map(({ outputTokens }) => outputTokens)),
    }
  }

  async complete(ask: Ask, stream: AnswerStream): Promise<Completion> {
    stream.signal.throwIfAborted()
    const { legs, now, lastStartMs } = this.#parts
    const began = now()
    const hasTime = (): boolean => now() - began <= lastStartMs
    try {
      const onWin = (leg: Leg): void => {
        this.#winner = leg
      }
      const hasRoom = (): boolean =>
        legs.reduce((sum, leg) => sum + leg.calls, 0) < CALLS_WITH_EXTRA
      const answer = new Race({ ...this.#parts, ask, stream, hasRoom, hasTime, onWin }).run()
      if (answer) return await answer
      const rest = this.rest()
      throw new ModelRestingError(rest?.kind ?? 'network', rest?.until ?? 0)
    } finally {
      // Another group of this process may have found out what this one has not.
      for (const leg of legs) leg.remember()
    }
  }
}
