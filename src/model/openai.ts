import type { Usage } from '../protocol/events.ts'
import type { AnswerStream, Ask, Completion, Model } from './ask.ts'
import { isModelFault, ModelSilentError } from './errors.ts'
import { Answer } from './openai/answer.ts'
import { overNetwork, readEvents, readText } from './openai/body.ts'
import { Deadlines, type ModelLimits } from './openai/deadlines.ts'
import {
  OPTIONAL_PARAMETERS,
  refusalOf,
  unsupportedParameter,
  type OptionalParameter,
} from './openai/refusal.ts'
import { estimateTokens, toMessages, type ChatMessage } from './prompt.ts'
import type { StartTimer } from './timers.ts'

/** An OpenAI-compatible endpoint and one of its models. */
export interface Endpoint {
  /** Up to and including `/v1`, without a slash at the end. */
  readonly baseUrl: string
  readonly name: string
  readonly apiKey?: string
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface OpenAiParts {
  readonly endpoint: Endpoint
  readonly limits: ModelLimits
  readonly fetch: Fetch
  readonly startTimer: StartTimer
}

// Some 1,500 words: more than anyone reads in a chat, and a bound on what one question may cost.
const ANSWER_TOKENS = 2_048

const OPTIONAL_VALUES: Readonly<Record<OptionalParameter, unknown>> = {
  max_tokens: ANSWER_TOKENS,
  stream_options: { include_usage: true },
}

const REFUSAL_CHARS = 8 * 1024
const WHOLE_BODY_CHARS = 256 * 1024

/** A model behind an OpenAI-compatible endpoint, streamed. */
export class OpenAiModel implements Model {
  readonly #parts: OpenAiParts
  /** What this endpoint has turned out not to know; learned once per instance. */
  readonly #unsupported = new Set<OptionalParameter>()

  constructor(parts: OpenAiParts) {
    this.#parts = parts
  }

  estimate(ask: Ask): Usage {
    const inputTokens = toMessages(ask).reduce((sum, turn) => sum + estimateTokens(turn.content), 0)
    return { inputTokens, outputTokens: ANSWER_TOKENS }
  }

  async complete(ask: Ask, stream: AnswerStream): Promise<Completion> {
    stream.signal.throwIfAborted()
    const deadlines = new Deadlines(stream.signal, this.#parts.limits, this.#parts.startTimer)
    const answer = new Answer({
      onText: (text) => {
        // A chunk holds many pieces; none of them follows a stop.
        stream.signal.throwIfAborted()
        stream.onText(text)
      },
      onToken: () => deadlines.onToken(),
      onFinish: () => deadlines.onFinish(),
    })
    try {
      await read(await this.#open(toMessages(ask), deadlines.signal), answer)
    } catch (fault) {
      // Whatever breaks behind its last word takes nothing away from an answer.
      const isOver = answer.isWhole && isModelFault(fault) && !stream.signal.aborted
      if (!isOver) throw deadlines.explain(fault)
    } finally {
      deadlines.release()
    }
    return answer.toCompletion(this.#parts.endpoint.name)
  }

  async #open(messages: readonly ChatMessage[], signal: AbortSignal): Promise<Response> {
    for (;;) {
      const response = await this.#post(messages, signal)
      if (response.ok) return response
      const { status } = response
      if (status < 400) throw new ModelSilentError('protocol')
      const refusal = await readText(response.body, REFUSAL_CHARS)
      const parameter = unsupportedParameter(status, refusal)
      if (!parameter || this.#unsupported.has(parameter)) throw refusalOf(status, refusal)
      this.#unsupported.add(parameter)
    }
  }

  #post(messages: readonly ChatMessage[], signal: AbortSignal): Promise<Response> {
    const { endpoint, fetch } = this.#parts
    const optional = OPTIONAL_PARAMETERS.filter((name) => !this.#unsupported.has(name))
    const body = {
      model: endpoint.name,
      messages,
      stream: true,
      ...Object.fromEntries(optional.map((name) => [name, OPTIONAL_VALUES[name]])),
    }
    const request = fetch(`${endpoint.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(endpoint.apiKey && { authorization: `Bearer ${endpoint.apiKey}` }),
      },
      body: JSON.stringify(body),
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
