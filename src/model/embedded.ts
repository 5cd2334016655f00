import type { Usage } from '../protocol/events.ts'
import type { AnswerStream, Ask, Completion } from './ask.ts'
import type { Condition, Voice } from './condition.ts'
import { answerLocally } from './embedded/answer.ts'
import type { FaultKind } from './errors.ts'

/**
 * The responder that needs nothing but the group's own lines. It never makes anything up: every
 * sentence is one of `PHRASES` or a line of the transcript, quoted word for word with its seq.
 */
export class EmbeddedModel implements Voice {
  /** How it is where it is the only voice. */
  readonly condition: Condition = { state: 'local', reason: 'no_model' }

  estimate(): Usage {
    return { inputTokens: 0, outputTokens: 0 }
  }

  /** With `degraded`, the answer says that a model should have spoken here and could not. */
  async complete(ask: Ask, stream: AnswerStream, degraded?: FaultKind): Promise<Completion> {
    const { sentences, quotes } = answerLocally(ask, degraded)
    for (const [at, sentence] of sentences.entries()) {
      stream.signal.throwIfAborted()
      stream.onText(at === 0 ? sentence : `\n${sentence}`)
    }
    stream.signal.throwIfAborted()
    return {
      finish: 'stop',
      source: 'local',
      ...(quotes.length > 0 && { quotes }),
      ...(degraded !== undefined && { degraded }),
    }
  }
}
