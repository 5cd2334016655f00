import type { Profile } from '../endpoint.ts'

// Some 1,500 words: more than anyone reads in a chat, and a bound on what one question may cost.
const ANSWER_TOKENS = 2_048

// Where no bound is sent, an answer still ends at 64 KiB of text, of some four bytes a token.
const UNBOUND_ANSWER_TOKENS = 16_384

const LIMITS = ['max_tokens', 'max_completion_tokens'] as const
type Limit = (typeof LIMITS)[number]

/** What an endpoint takes besides the question: as its profile says, and as its complaints have taught. */
export class Dialect {
  #limit: Limit | undefined
  #streamOptions: boolean

  constructor({ maxTokens = 'max_tokens', streamOptions = true }: Profile) {
    this.#limit = maxTokens === 'none' ? undefined : maxTokens
    this.#streamOptions = streamOptions
  }

  /** The longest answer that may come of a request. */
  get answerTokens(): number {
    return this.#limit ? ANSWER_TOKENS : UNBOUND_ANSWER_TOKENS
  }

  parameters(): Readonly<Record<string, unknown>> {
    return {
      ...(this.#limit && { [this.#limit]: ANSWER_TOKENS }),
      ...(this.#streamOptions && { stream_options: { include_usage: true } }),
    }
  }

  /**
   * Gives up what a refusal of a request with the parameters `sent` complains about; false where that
   * was not among them. Calls go on side by side: another one may have learned it in the meantime.
   */
  learn(status: number, refusal: string, sent: Readonly<Record<string, unknown>>): boolean {
    if (status !== 400 && status !== 422) return false
    const limit = LIMITS.find((name) => name in sent && names(refusal, name))
    if (limit !== undefined) {
      if (this.#limit === limit) this.#limit = otherThan(limit, refusal)
      return true
    }
    if (!('stream_options' in sent) || !names(refusal, 'stream_options')) return false
    this.#streamOptions = false
    return true
  }
}

// Newer models know the limit by another name, and say so.
function otherThan(limit: Limit, refusal: string): Limit | undefined {
  const other = 'max_completion_tokens'
  return limit !== other && names(refusal, other) ? other : undefined
}

function names(refusal: string, parameter: string): boolean {
  return new RegExp(`\\b${parameter}\\b`).test(refusal)
}
