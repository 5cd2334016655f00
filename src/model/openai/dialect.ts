import type { Profile } from '../endpoint.ts'

// Some 1,500 words: more than anyone reads in a chat, and a bound on what one question may cost.
const ANSWER_TOKENS = 2_048

// Where no bound is sent, an answer still ends at 64 KiB of text, of some four bytes a token.
const UNBOUND_ANSWER_TOKENS = 16_384

/** What an endpoint takes besides the question: as its profile says, and as its complaints have taught. */
export class Dialect {
  #limit: 'max_tokens' | 'max_completion_tokens' | undefined
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

  /** Gives up what a refusal complains about; false where that was not sent. */
  learn(status: number, refusal: string): boolean {
    if (status !== 400 && status !== 422) return false
    if (this.#limit && names(refusal, this.#limit)) {
      const other = 'max_completion_tokens'
      this.#limit = this.#limit !== other && names(refusal, other) ? other : undefined
      return true
    }
    if (!this.#streamOptions || !names(refusal, 'stream_options')) return false
    this.#streamOptions = false
    return true
  }
}

function names(refusal: string, parameter: string): boolean {
  return new RegExp(`\\b${parameter}\\b`).test(refusal)
}
