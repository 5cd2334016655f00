import type { WordList } from '../pipeline/words.ts'

/** How long pieces of a reply are collected, by how many connections hear it. */
const WINDOWS: readonly (readonly [connections: number, ms: number])[] = [
  [100, 50],
  [1_000, 100],
  [Infinity, 250],
]

/** A piece of a reply's text, as everyone may see it. */
export interface Piece {
  /** UTF-16 units of the reply before it. */
  readonly offset: number
  readonly text: string
}

/**
 * The text of one reply while it is written. The first piece goes out at once, later ones are
 * collected; the tail that could still become a masked word is held back.
 */
export class DeltaStream {
  readonly #words: WordList
  readonly #listeners: () => number
  readonly #emit: (piece: Piece) => void
  #raw = ''
  #shown = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(words: WordList, listeners: () => number, emit: (piece: Piece) => void) {
    this.#words = words
    this.#listeners = listeners
    this.#emit = emit
  }

  /** What has been shown so far. */
  get text(): string {
    return this.#words.mask(this.#raw).slice(0, this.#shown)
  }

  /** Takes a piece from the model. */
  add(text: string): void {
    this.#raw += text
    if (this.#shown === 0) this.#show(false)
    else this.#timer ??= setTimeout(() => this.#onTimer(), windowMs(this.#listeners()))
  }

  /** Shows the rest, and gives the whole text. */
  end(): string {
    this.stop()
    this.#show(true)
    return this.text
  }

  /** Lets go of the timer; nothing more is shown. */
  stop(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #onTimer(): void {
    this.#timer = undefined
    this.#show(false)
  }

  #show(isWhole: boolean): void {
    const to = isWhole ? this.#raw.length : this.#safeEnd()
    if (to <= this.#shown) return
    const text = this.#words.mask(this.#raw).slice(this.#shown, to)
    const offset = this.#shown
    this.#shown = to
    this.#emit({ offset, text })
  }

  // Up to the longest word is held back, and one more unit, which decides whether a word ends there.
  // A surrogate pair is never split.
  #safeEnd(): number {
    const tail = this.#raw.slice(-this.#words.longest - 1)
    const from = this.#raw.length - tail.length
    const start = this.#words.couldBegin(tail)
    const end = start === undefined ? this.#raw.length : from + start
    const last = this.#raw.charCodeAt(end - 1)
    return last >= 0xd800 && last < 0xdc00 ? end - 1 : end
  }
}

function windowMs(listeners: number): number {
  return WINDOWS.find(([connections]) => listeners <= connections)?.[1] ?? 50
}
