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
}

/** What an account says of the cost. */
type Cost = Pick<LedgerEntry, 'replies' | 'inputTokens' | 'outputTokens' | 'estimated'>

/**
 * What a reply is charged: the tokens that the endpoint reported, else an estimate of what went there
 * and what had come back; nothing where no model wrote it. It counts as a reply if it left a text.
 */
export function costOf({ text, shown, source, usage }: Ending, reserved: Usage): Cost {
  const replies = text === '' ? 0 : 1
  if (source === 'model' && usage) return { replies, ...usage, estimated: false }
  const isPaid = source === 'model' && shown !== undefined && reserved.outputTokens > 0
  return isPaid
    ? {
        replies,
        inputTokens: reserved.inputTokens,
        outputTokens: estimateTokens(shown),
        estimated: true,
      }
    : { replies, inputTokens: 0, outputTokens: 0, estimated: false }
}
