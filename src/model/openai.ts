import type { Usage } from '../protocol/events.ts'
import type { AnswerStream, Ask, Completion, Model } from './ask.ts'
import type { Credentials } from './credentials.ts'
import type { Endpoint } from './endpoint.ts'
import { isModelFault, ModelSilentError } from './errors.ts'
import { Answer } from './openai/answer.ts'
import { overNetwork, readEvents, readText } from './openai/body.ts'
import { Deadlines, type ModelLimits } from './openai/deadlines.ts'
import type { Dialect } from './openai/dialect.ts'
import { refusalOf, retryAfterMsOf } from './openai/refusal.ts'
import { estimateTokens, toMessages, type ChatMessage } from './prompt.ts'
import type { StartTimer } from './timers.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface OpenAiParts {
  readonly endpoint: Endpoint
  readonly limits: ModelLimits
  readonly credentials: Credentials
  readonly dialect: Dialect
  readonly fetch: Fetch
  readonly startTimer: StartTimer
  /** The time, in milliseconds since 1970. */
  readonly now: () => number
}

/** A stream that also hears of each sign of life, be it shown or not. */
export interface CallStream extends AnswerStream {
  readonly onToken?: () => void
}

const REFUSAL_CHARS = 8 * 1024
const WHOLE_BODY_CHARS = 256 * 1024

/** A model behind an OpenAI-compatible endpoint, streamed. */
export class OpenAiModel implements Model {
  readonly #parts: OpenAiParts

  constructor(parts: OpenAiParts) {
    this.#parts = parts
  }

  estimate(ask: Ask): Usage {
    const messages = this.#messagesOf(ask)
    const inputTokens = messages.reduce((sum, turn) => sum + estimateTokens(turn.content), 0)
    return { inputTokens, outputTokens: this.#parts.dialect.answerTokens }
  }

  async complete(ask: Ask, stream: CallStream): Promise<Completion> {
    stream.signal.throwIfAborted()
    const deadlines = new Deadlines(stream.signal, this.#parts.limits, this.#parts.startTimer)
    const answer = new Answer({
      onText: (text) => {
        // A chunk holds many pieces; none of them follows a stop.
        stream.signal.throwIfAborted()
        stream.onText(text)
      },
      onToken: () => {
        deadlines.onToken()
        stream.onToken?.()
      },
      onFinish: () => deadlines.onFinish(),
    })
    try {
      await read(await this.#open(ask, deadlines.signal), answer)
    } catch (fault) {
      // Whatever breaks behind its last word takes nothing away from an answer.
      const isOver = answer.isWhole && isModelFault(fault) && !stream.signal.aborted
      if (!isOver) throw deadlines.explain(fault)
    } finally {
      deadlines.release()
    }
    return answer.toCompletion(this.#parts.endpoint.model)
  }

  // Each thing that a refusal can be cured of is tried once.
  async #open(ask: Ask, signal: AbortSignal): Promise<Response> {
    const { credentials, dialect, now } = this.#parts
    let isHalved = false
    let isRenewed = false
    for (;;) {
      const token = await credentials.token(signal)
      signal.throwIfAborted()
      const sent = dialect.parameters()
      const messages = this.#messagesOf(ask, isHalved)
      const response = await this.#post({ messages, stream: true, ...sent }, token, signal)
      if (response.ok) return response
      const { status, headers } = response
      if (status < 400) throw new ModelSilentError('protocol')
      const body = await readText(response.body, REFUSAL_CHARS)
      const refusal = refusalOf(status, body, retryAfterMsOf(headers.get('retry-after'), now()))
      if (refusal.kind === 'context') {
        if (isHalved) throw refusal
        isHalved = true
      } else if (refusal.kind === 'auth') {
        const hasAnother = credentials.reject(token)
        if (isRenewed || !hasAnother) throw refusal
        isRenewed = true
      } else if (!dialect.learn(status, body, sent)) throw refusal
    }
  }

  #messagesOf(ask: Ask, isHalved = false): readonly ChatMessage[] {
    return toMessages(ask, { isHalved, hasSystem: !this.#parts.endpoint.profile.alternate })
  }

  #post(
    body: Readonly<Record<string, unknown>>,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const { endpoint, fetch } = this.#parts
    const request = fetch(`${endpoint.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ model: endpoint.model, ...body }),
      // A redirect would carry the conversation to an address that nobody configured.
      redirect: 'manual',
      signal,
    })
    return overNetwork(request)
  }
}

async function read(response: Response, answer: Answer): Promise<void> {
  const type = response.headers.get('content-type') ?? ''
  if (/^text\/event-stream\b/i.test(type)) return readEvents(response.body, answer)
  if (/^application\/json\b/i.test(type)) {
    return answer.takeWhole(await readText(response.body, WHOLE_BODY_CHARS))
  }
  // A sign-in page or a proxy's greeting also comes with 200.
  throw new ModelSilentError('protocol')
}
