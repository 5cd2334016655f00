import type { RefusalCode } from '../../protocol/codes.ts'
import { durationOf } from '../shell/amounts.ts'
import type { Language, Words } from '../words/words.ts'
import { fill } from '../words/words.ts'

/** What a refusal says about itself. */
export interface Reasoned {
  readonly code: RefusalCode
  readonly retryAfterMs?: number
}

// Below this a wait is over before it is read.
const WORTH_SAYING_MS = 2_000

/** Why the server said no, and how long to wait where that helps. */
export function reasonOf({ code, retryAfterMs = 0 }: Reasoned, words: Words, language: Language) {
  if (code === 'too_fast' && retryAfterMs >= WORTH_SAYING_MS) {
    return fill(words.message.wait, { time: durationOf(retryAfterMs / 1_000, language) })
  }
  return words.refusals[code] ?? code
}
