import type { Usage } from '../protocol/events.ts'
import type { AnswerStream, Ask, Completion, Model } from './ask.ts'
import type { Condition, Voice } from './condition.ts'
import type { EmbeddedModel } from './embedded.ts'
import { isModelFault, ModelRestingError } from './errors.ts'
import type { Rest } from './memory.ts'
import { visibleFrom } from './visible.ts'

/** A model that may have to be left in peace. */
interface Primary extends Model {
  /** Why it may not be asked now, and until when. */
  rest(): Rest | undefined
  /** Whether its newest answer let people wait for the first token. */
  readonly isSlow: boolean
}

export interface FallbackParts {
  readonly primary: Primary
  readonly embedded: EmbeddedModel
  /** Hears after each answer how the voice is. */
  readonly onCondition: (condition: Condition) => void
}

/**
 * Asks the primary model, and the embedded responder where that fails before anything was to be seen
 * ([P16]). Two voices are never spliced: a failure after the first visible character goes through.
 */
export class FallbackModel implements Voice {
  readonly #parts: FallbackParts
  #condition: Condition

  constructor(parts: FallbackParts) {
    this.#parts = parts
    const rest = parts.primary.rest()
    this.#condition = rest ? resting(rest) : { state: 'ok' }
  }

  get condition(): Condition {
    return this.#condition
  }

  estimate(ask: Ask): Usage {
    return this.#parts.primary.estimate(ask)
  }

  async complete(ask: Ask, stream: AnswerStream): Promise<Completion> {
    const { primary, embedded } = this.#parts
    const visible = visibleFrom(stream)
    try {
      const completion = await primary.complete(ask, visible)
      this.#become(primary.isSlow ? { state: 'slow', reason: 'first_token' } : { state: 'ok' })
      return completion
    } catch (fault) {
      stream.signal.throwIfAborted()
      if (!isModelFault(fault) && !(fault instanceof ModelRestingError)) throw fault
      const rest = primary.rest()
      if (rest) this.#become(resting(rest))
      if (visible.hasBegun) throw fault
      if (!rest) this.#become({ state: 'local', reason: fault.kind })
      return embedded.complete(ask, stream, fault.kind)
    }
  }

  #become(condition: Condition): void {
    this.#condition = condition
    this.#parts.onCondition(condition)
  }
}

function resting({ kind, until }: Rest): Condition {
  return { state: 'resting', reason: kind, retryAt: until }
}
