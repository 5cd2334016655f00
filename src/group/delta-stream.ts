import { startTimer as realTimer } from '../model/timers.ts'
import type { StartTimer } from '../model/timers.ts'
import type { WordList } from '../pipeline/words.ts'

/** How long pieces of a reply are collected, by how many connections hear it. */
const WINDOWS: readonly (readonly [connections: number, ms: number])[] = [
  [100, 50],
  [1_000, 100],
  // Only where a deployment has raised its limit of connections: 4 × 20,000 sends a second at most.
  [Infinity, 250],
]

/** A piece this long does not wait for the end of its window, in UTF-16 units. */
const PIECE_CHARS = 256

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
  #clearTimer: (() => void) | undefined
  #isOver = false
  readonly #startTimer: StartTimer

  constructor(
    words: WordList,
    listeners: () => number,
    emit: (piece: Piece) => void,
    startTimer: StartTimer = realTimer,
  ) {
    this.#words = words
    this.#listeners = listeners
    this.#emit = emit
    this.#startTimer = startTimer
  }

  /** What has been shown so far. */
  get text(): string {
    return this.#shown
  }

  /** Takes a piece from the model. */
  add(text: string): void {
    if (this.#isOver) return
    this.#held += text
    if (this.#shown === '' || this.#held.length >= PIECE_CHARS) this.#flush()
    else this.#clearTimer ??= this.#startTimer(windowMs(this.#listeners()), () => this.#flush())
  }

  /** Shows the rest, and gives the whole text. */
  end(): string {
    this.stop()
    this.#show(this.#held.length)
    return this.text
  }

  /** Shows what came of an answer that breaks off here, but for a word that may have begun. */
  breakOff(): string {
    this.stop()
    this.#show(this.#safeEnd())
    return this.text
  }

  /** Lets go of the timer; nothing more is shown. */
  stop(): void {
    this.#isOver = true
    this.#forgetTimer()
  }

  #flush(): void {
    this.#forgetTimer()
    this.#show(this.#safeEnd())
  }

  #forgetTimer(): void {
    this.#clearTimer?.()
    this.#clearTimer = undefined
  }

  #show(end: number): void {
    if (end <= 0) return
    const lead = this.#before.length
    // What stands around the piece decides where words begin and end in it.
    const text = this.#words.mask(this.#before + this.#held).slice(lead, lead + end)
    const offset = this.#shown.length
    this.#shown += text
    this.#before = this.#held.charAt(end - 1)
    this.#held = this.#held.slice(end)
    this.#emit({ offset, text })
  }

  // From where a word may have begun, the text is held back until it is clear whether it is one. A
  // surrogate pair is never split.
  #safeEnd(): number {
    const tail = this.#held.slice(-this.#words.longest - 1)
    const start = this.#words.couldBegin(tail)
    const open = start === undefined ? this.#held.length : this.#held.length - tail.length + start
    const end = this.#outsideWords(open)
    const last = this.#held.charCodeAt(end - 1)
    return last >= 0xd800 && last < 0xdc00 ? end - 1 : end
  }

  // The nearest place from which no word is cut in two, and none seems to stand because the text ends
  // there, as the beginning of an innocent longer one would.
  #outsideWords(end: number): number {
    const lead = this.#before.length
    const words = this.#words.find(this.#before + this.#held)
    const cut = words.find((word) => word.start - lead < end && end < word.end - lead)
    if (cut) return cut.start - lead
    const seeming = this.#words.find(this.#before + this.#held.slice(0, end)).at(-1)
    const isOne = words.some((word) => word.end === seeming?.end)
    return seeming && !isOne && seeming.end - lead === end ? seeming.start - lead : end
  }
}

function windowMs(listeners: number): number {
  return WINDOWS.find(([connections]) => listeners <= connections)?.[1] ?? 50
}
