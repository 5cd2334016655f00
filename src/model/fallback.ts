import type { Usage } from '../protocol/events.ts'
import type { AnswerStream, Ask, Completion, Model } from './ask.ts'
import type { EmbeddedModel } from './embedded.ts'
import { isModelFault } from './errors.ts'
import { outcomeOf, type ModelOutcome } from './outcome.ts'

export interface FallbackParts {
  readonly primary: Model
  readonly embedded: EmbeddedModel
  /** Hears how each call of `primary` went; a call that its asker stopped says nothing about it. */
  readonly report: (outcome: ModelOutcome) => void
}

/**
 * Asks the primary model, and the embedded responder where that fails before anything was to be seen
 * ([P16]). Two voices are never spliced: a failure after the first visible character goes through.
 */
export class FallbackModel implements Model {
  readonly #parts: FallbackParts

  constructor(parts: FallbackParts) {
    this.#parts = parts
  }

  estimate(ask: Ask): Usage {
    return this.#parts.primary.estimate(ask)
  }

  async complete(ask: Ask, stream: AnswerStream): Promise<Completion> {
    const { primary, embedded, report } = this.#parts
    const visible = visibleFrom(stream)
    try {
      const completion = await primary.complete(ask, visible)
      report({ kind: 'ok' })
      return completion
    } catch (fault) {
      stream.signal.throwIfAborted()
      if (!isModelFault(fault)) throw fault
      report(outcomeOf(fault))
      if (visible.hasBegun) throw fault
      return embedded.complete(ask, stream, fault.kind)
    }
  }
}

// Blanks at the beginning show nothing yet, so they are kept until a character follows.
function visibleFrom(stream: AnswerStream): AnswerStream & { readonly hasBegun: boolean } {
  let blanks = ''
  let hasBegun = false
  return {
    signal: stream.signal,
    get hasBegun() {
      return hasBegun
    },
    onText(text) {
      if (hasBegun) return stream.onText(text)
      blanks += text
      if (blanks.trim() === '') return
      hasBegun = true
      stream.onText(blanks)
    },
  }
}
