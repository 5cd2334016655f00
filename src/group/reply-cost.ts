import type { Completion } from '../model/ask.ts'
import { estimateTokens } from '../model/prompt.ts'
import type { ReplyStatus, Usage } from '../protocol/events.ts'
import type { LedgerEntry } from './api.ts'
import type { Question } from './reply-book.ts'

/** How a reply ended, and what is known of the model call behind it. */
export interface Ending extends Pick<Completion, 'source' | 'model' | 'usage' | 'quotes'> {
  readonly reply: number
  readonly question: Question
  readonly status: ReplyStatus
  /** What remains of it for everyone to read. */
  readonly text: string
  /** What a model had written when it ended; undefined where none was asked. */
  readonly shown: string | undefined
  /** What an earlier call had cost that a crash cut off, as far as that can be told. */
  readonly earlierTokens?: number
  /** Whether something may have been set aside for a second call, besides. */
  readonly isPerhapsSecond: boolean
}

/** What an account says of the cost. */
type Cost = Pick<LedgerEntry, 'replies' | 'inputTokens' | 'outputTokens' | 'estimated'>

/**
 * What a reply is charged: the tokens that the endpoint reported, else an estimate of what went there
 * and what had come back; nothing where no model wrote it. A call that a crash cut off is charged as
 * input of the next, and its reservation goes on as part of that. It counts as a reply if it left a text.
 */
export function costOf(ending: Ending, reserved: Usage): Cost {
  const { text, shown, source, usage, earlierTokens = 0 } = ending
  const replies = text === '' ? 0 : 1
  if (source === 'model' && usage) {
    const inputTokens = usage.inputTokens + earlierTokens
    return { ...usage, replies, inputTokens, estimated: earlierTokens > 0 }
  }
  const isPaid = source === 'model' && shown !== undefined && reserved.outputTokens > 0
  const inputTokens = isPaid ? reserved.inputTokens : earlierTokens
  const outputTokens = isPaid ? estimateTokens(shown) : 0
  return { replies, inputTokens, outputTokens, estimated: isPaid || earlierTokens > 0 }
}
