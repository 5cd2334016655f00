import type { Ask, Completion, Model } from '../model/ask.ts'
import type { WordList } from '../pipeline/words.ts'
import type { ReplySnapshot } from '../protocol/frames.ts'
import { DeltaStream } from './delta-stream.ts'
import type { Question } from './reply-book.ts'
import { ReplyStopped } from './reply-stopped.ts'
import type { Why } from './reply-stopped.ts'

/** When the text so far is written down: this long after, or this much more, than last time. */
const CHECKPOINT_MS = 1_000
const CHECKPOINT_CHARS = 2_048

/** So much of a reply is hardly read yet, in UTF-16 units: after a crash it may begin anew. */
export const LITTLE_CHARS = 40

/** Which reply is written, and who hears of it. */
export interface WritingParts {
  readonly reply: number
  /** Its first or its second run; a higher one replaces the text ([P12]). */
  readonly run: number
  readonly question: Question
  /** What an earlier run has cost. */
  readonly earlierTokens: number
  readonly words: WordList
  readonly listeners: () => number
  /** Sends a frame that nobody needs to keep. */
  readonly publish: (encoded: string) => void
  /** Writes the text so far down. */
  readonly checkpoint: (text: string) => void
}

/** A reply while it is written: its text so far, and what ends it from here. */
export class Writing {
  readonly parts: WritingParts
  readonly stream: DeltaStream
  readonly #abort = new AbortController()
  #hasCalled = false
  #keptAt = Date.now()
  #keptChars = 0

  constructor(parts: WritingParts) {
    this.parts = parts
    const { reply, run, words, listeners, publish } = parts
    this.stream = new DeltaStream(words, listeners, (piece) => {
      publish(JSON.stringify({ type: 'delta', reply, run, ...piece }))
      this.#keep()
    })
  }

  /** Whether a model was asked, so that there is something to pay. */
  get hasCalled(): boolean {
    return this.#hasCalled
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** What someone who joins now has missed of it. */
  get snapshot(): ReplySnapshot {
    const { reply, run } = this.parts
    return { reply, run, text: this.stream.text }
  }

  stop(why: Why): void {
    this.#abort.abort(new ReplyStopped(why))
  }

  /** Has a model write it. */
  async by(model: Model, ask: Ask): Promise<Completion> {
    this.#hasCalled = true
    const { signal } = this
    return model.complete(ask, { signal, onText: (text) => this.stream.add(text) })
  }

  #keep(): void {
    const { text } = this.stream
    const now = Date.now()
    const isDue =
      now - this.#keptAt >= CHECKPOINT_MS ||
      text.length - this.#keptChars >= CHECKPOINT_CHARS ||
      (this.#keptChars < LITTLE_CHARS && text.length >= LITTLE_CHARS)
    if (!isDue) return
    this.#keptAt = now
    this.#keptChars = text.length
    this.parts.checkpoint(text)
  }
}
