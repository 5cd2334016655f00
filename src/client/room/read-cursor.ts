// PROTOCOL has reading positions sent this often at most; the server keeps only the latest anyway.
const EVERY_MS = 2_000

/** Tells the server how far one has read: forward only, and not with every line. */
export class ReadCursor {
  readonly #send: (seq: number) => void
  #seen = 0
  #sent = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(send: (seq: number) => void) {
    this.#send = send
  }

  /** What the server knows already. */
  startFrom(seq: number): void {
    this.#sent = Math.max(this.#sent, seq)
  }

  saw(seq: number): void {
    this.#seen = Math.max(this.#seen, seq)
    if (this.#seen > this.#sent) this.#timer ??= setTimeout(() => this.#tell(), EVERY_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #tell(): void {
    this.#timer = undefined
    if (this.#seen <= this.#sent) return
    this.#sent = this.#seen
    this.#send(this.#seen)
  }
}
