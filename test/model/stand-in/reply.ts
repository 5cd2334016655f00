import { Buffer } from 'node:buffer'
import type { ServerResponse } from 'node:http'

/** What may be changed about the stand-in's answers while it runs. */
export interface AnswerOptions {
  /** The text of a good answer. */
  answer: string
  /** Milliseconds between two tokens; at 0 they are written at once. */
  tokenDelayMs: number
  /** Milliseconds until the first token in mode `slow-first`. */
  slowMs: number
}

/** After which time something written travels alone. */
const PACKET_MS = 20

interface Shape {
  readonly newline?: string
  readonly byteByByte?: boolean
  readonly comments?: boolean
  readonly thinking?: boolean
  readonly finish?: string | null
  readonly done?: boolean
  readonly end?: boolean
  readonly malformed?: number
  readonly badByte?: boolean
  readonly afterMs?: number
}

/** One reply of the stand-in endpoint, written piece by piece. */
export class ModelReply {
  readonly options: AnswerOptions
  readonly body: Readonly<Record<string, unknown>>
  tokensSent = 0
  readonly #response: ServerResponse
  #newline = '\n'
  #byteByByte = false
  #stopWaiting: () => void = () => {}

  constructor(
    response: ServerResponse,
    body: Readonly<Record<string, unknown>>,
    options: AnswerOptions,
  ) {
    this.#response = response
    this.body = body
    this.options = options
    response.once('close', () => this.#stopWaiting())
  }

  /** The whole request, as an endpoint may quote it. */
  get asked(): string {
    return JSON.stringify(this.body)
  }

  /** What the reply reports to have used. */
  get usage(): unknown {
    const tokens = tokensOf(this.options.answer).length
    return { prompt_tokens: 100, completion_tokens: tokens, total_tokens: 100 + tokens }
  }

  /** The whole answer, in the given shape. */
  async answerWell(shape: Shape = {}): Promise<void> {
    this.#newline = shape.newline ?? '\n'
    this.#byteByByte = shape.byteByByte ?? false
    this.begin()
    this.role()
    if (shape.thinking) this.event(chunkOf({ reasoning_content: 'They ask me something.' }))
    if (shape.comments) this.raw(': keep-alive\n\n')
    if (shape.afterMs !== undefined) await this.#wait(shape.afterMs)
    for (let count = 0; count < (shape.malformed ?? 0); count += 1) this.raw('data: {"choi\n\n')
    if (shape.badByte) this.raw(Buffer.from([0x3a, 0x20, 0xff, 0xc3, 0x0a, 0x0a]))
    for (const token of tokensOf(this.options.answer)) {
      if (shape.comments) this.raw(': keep-alive\n\n')
      await this.#paced(token)
      if (this.#response.destroyed) return
    }
    if (shape.finish !== null) this.event(chunkOf({}, shape.finish ?? 'stop'))
    const wanted = this.body['stream_options'] !== undefined
    if (wanted) this.event({ model: this.body['model'], choices: [], usage: this.usage })
    if (shape.done ?? true) this.done()
    else if (shape.end ?? true) this.end()
  }

  /** An answer for those who leave out what this endpoint does not know. */
  async answerWithout(names: readonly string[]): Promise<void> {
    const unknown = names.find((name) => this.body[name] !== undefined)
    if (unknown === undefined) await this.answerWell()
    else this.refuse(400, `Unsupported parameter: '${unknown}' is not supported with this model.`)
  }

  begin(): void {
    this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    this.#response.flushHeaders()
  }

  role(): void {
    this.event(chunkOf({ role: 'assistant', content: '' }))
  }

  /** The first tokens of the answer and nothing more. */
  async some(count: number): Promise<void> {
    this.begin()
    for (const token of tokensOf(this.options.answer).slice(0, count)) await this.#paced(token)
  }

  /** A token every now and then, for as long as anyone listens. */
  async goOn(everyMs: number): Promise<void> {
    this.begin()
    while (!this.#response.destroyed) {
      this.token('on ')
      await this.#wait(everyMs)
    }
  }

  token(text: string): void {
    this.event(chunkOf(text))
    this.tokensSent += 1
  }

  event(value: unknown): void {
    this.raw(`data: ${JSON.stringify(value)}\n\n`)
  }

  raw(data: string | Uint8Array): void {
    if (typeof data !== 'string') this.#response.write(data)
    else if (this.#byteByByte) {
      for (const byte of Buffer.from(data)) this.#response.write(Buffer.from([byte]))
    } else this.#response.write(data.replaceAll('\n', this.#newline))
  }

  /** Lets what was written leave before what follows. */
  async pause(): Promise<void> {
    await this.#wait(PACKET_MS)
  }

  done(): void {
    this.raw('data: [DONE]\n\n')
    this.end()
  }

  end(): void {
    this.#response.end()
  }

  /** Breaks the connection once what was written has left. */
  cut(): void {
    setImmediate(() => this.#response.destroy())
  }

  refuse(status: number, message: string): void {
    this.whole(status, 'application/json', JSON.stringify({ error: { message } }))
  }

  whole(status: number, type: string, body: string): void {
    this.#response.writeHead(status, { 'content-type': type }).end(body)
  }

  redirect(location: string): void {
    this.#response.writeHead(307, { location }).end()
  }

  async #paced(token: string): Promise<void> {
    if (this.options.tokenDelayMs > 0) await this.#wait(this.options.tokenDelayMs)
    if (!this.#response.destroyed) this.token(token)
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#stopWaiting = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** One event of a stream, as OpenAI's endpoints write it. */
export function chunkOf(delta: string | object, finish: string | null = null): unknown {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [
      {
        index: 0,
        delta: typeof delta === 'string' ? { content: delta } : delta,
        finish_reason: finish,
      },
    ],
  }
}

// Words with their blanks, and Chinese by the character, about as tokenizers cut.
function tokensOf(text: string): readonly string[] {
  return text.match(/\p{sc=Han}|\s*[^\s\p{sc=Han}]+|\s+/gu) ?? []
}
