import type { Intent } from '../model/ask.ts'
import type { Address, Quiet, Turn, Verdict } from '../pipeline/turn.ts'

/** What the chain decided about a message, kept in the message's own row. */
export interface MessageTrace {
  /** Invisible characters that were taken out, and words that were masked. */
  readonly removed: number
  readonly masked: number
  /** Why the assistant keeps quiet; absent where it was to speak. */
  readonly quiet?: Quiet
}

/** What the chain decided about a question, kept in the row of the reply that it led to. */
export interface ReplyTrace {
  readonly why: Address | 'again'
  readonly intent: Intent
  readonly verdict: Verdict['kind']
}

/** What was recorded with a message; of one without a record, nothing special. */
export function parseTrace(encoded: string | undefined): MessageTrace {
  return encoded === undefined ? { removed: 0, masked: 0 } : JSON.parse(encoded)
}

/** What is known when a message is published: the one moment at which its row is written anyway. */
export function traceMessage(turn: Turn): MessageTrace {
  const quiet = quietOf(turn)
  return { removed: turn.removed, masked: turn.masked, ...(quiet && { quiet }) }
}

export function traceReply(turn: Turn): ReplyTrace {
  return {
    why: turn.address ?? 'mention',
    intent: turn.intent ?? 'ask',
    verdict: turn.verdict?.kind ?? 'unjudged',
  }
}

function quietOf(turn: Turn): Quiet | undefined {
  if (turn.kind === 'edit') return 'edited'
  if (!turn.address) return 'not_addressed'
  return turn.settings.mode === 'off' ? 'mode_off' : undefined
}
