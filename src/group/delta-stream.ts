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
  // What everyone has seen, masked; what came and is held back; and the last unit before that, which
  // decides whether a word begins there.
  #shown = ''
  #held = ''
  #before = ''
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(words: WordList, listeners: () => number, emit: (piece: Piece) => void) {
    this.#words = words
    this.#listeners = listeners
    this.#emit = emit
  }

  /** What has been shown so far. */
  get text(): string {
    return this.#shown
  }

  /** Takes a piece from the model. */
  add(text: string): void {
    this.#held += text
    if (this.#shown === '') this.#show(false)
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
    const end = isWhole ? this.#held.length : this.#safeEnd()
    if (end <= 0) return
    const piece = this.#held.slice(0, end)
    // No open word is cut here, so the piece can be masked by itself.
    const text = this.#words.mask(this.#before + piece).slice(this.#before.length)
    const offset = this.#shown.length
    this.#shown += text
    this.#held = this.#held.slice(end)
    this.#before = piece.slice(-1)
    this.#emit({ offset, text })
  }

  // From where a word may have begun, the text is held back until it is clear whether it is one. A
  // surrogate pair is never split.
  #safeEnd(): number {
    const tail = this.#held.slice(-this.#words.longest - 1)
    const start = this.#words.couldBegin(tail)
    const end = start === undefined ? this.#held.length : this.#held.length - tail.length + start
    const last = this.#held.charCodeAt(end - 1)
    return last >= 0xd800 && last < 0xdc00 ? end - 1 : end
  }
}

function windowMs(listeners: number): number {
  return WINDOWS.find(([connections]) => listeners <= connections)?.[1] ?? 50
}
