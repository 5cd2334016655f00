import type { Usage } from '../../protocol/events.ts'
import type { Completion } from '../ask.ts'
import { ModelSilentError } from '../errors.ts'
import { parseChunk, type Chunk } from './chunk.ts'
import { refusalInStream } from './refusal.ts'

// A reply of a chat; far more than the 8,000 characters of a message, far less than a frame holds.
const ANSWER_BYTES = 64 * 1024

// One event that is no JSON is an endpoint's hiccup; a row of them is another protocol.
const MALFORMED_EVENTS = 8

const encoder = new TextEncoder()

/** Who hears of an answer while it comes in. */
export interface AnswerListener {
  onText(text: string): void
  onToken(): void
  onFinish(): void
}

/** One answer, event by event: what has been said, and whether that is all of it ([P15]). */
export class Answer {
  readonly #listener: AnswerListener
  #bytes = 0
  #hasText = false
  #malformed = 0
  #finish: string | undefined
  #isDone = false
  #model: string | undefined
  #usage: Usage | undefined

  constructor(listener: AnswerListener) {
    this.#listener = listener
  }

  /** Nothing follows any more; reading on is of no use. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** Whether the endpoint has said that this is the whole answer. */
  get isWhole(): boolean {
    return this.#isDone || this.#finish !== undefined
  }

  /** Takes the data of one event. */
  take(data: string): void {
    if (this.#isDone) return
    if (data.trim() === '[DONE]') this.#isDone = true
    else this.#takeChunk(parseChunk(data))
  }

  /** Takes a body that was not streamed: all of the answer in one piece. */
  takeWhole(body: string): void {
    const chunk = parseChunk(body)
    if (chunk.kind === 'malformed') throw new ModelSilentError('protocol')
    this.#takeChunk(chunk)
    this.#isDone = true
  }

  /** What is known at the end; throws where the end was none. */
  toCompletion(requestedModel: string): Completion {
    if (!this.isWhole) throw new ModelSilentError('truncated')
    const finish = toFinish(this.#finish)
    // A filter may leave nothing; any other answer without a word is none.
    if (!this.#hasText && finish !== 'filter') throw new ModelSilentError('protocol')
    return {
      finish,
      source: 'model',
      model: this.#model ?? requestedModel,
      ...(this.#usage && { usage: this.#usage }),
    }
  }

  #takeChunk(chunk: Chunk): void {
    switch (chunk.kind) {
      case 'malformed':
        this.#malformed += 1
        if (this.#malformed > MALFORMED_EVENTS) throw new ModelSilentError('protocol')
        return
      case 'error':
        throw refusalInStream(chunk.error)
      case 'delta':
        if (chunk.token) this.#listener.onToken()
        if (chunk.text !== '') this.#say(chunk.text)
        this.#model ??= chunk.model
        this.#usage = chunk.usage ?? this.#usage
        if (chunk.finish !== undefined && this.#finish === undefined) {
          this.#finish = chunk.finish
          this.#listener.onFinish()
        }
    }
  }

  #say(text: string): void {
    // UTF-16 units first: a piece that is too long is not worth encoding.
    this.#bytes += text.length > ANSWER_BYTES ? text.length : encoder.encode(text).byteLength
    if (this.#bytes > ANSWER_BYTES) throw new ModelSilentError('protocol')
    this.#hasText ||= text.trim() !== ''
    this.#listener.onText(text)
  }
}

function toFinish(reason: string | undefined): Completion['finish'] {
  if (reason === 'length' || reason === 'max_tokens') return 'length'
  return reason === 'content_filter' ? 'filter' : 'stop'
}
