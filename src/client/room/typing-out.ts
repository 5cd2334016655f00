// The server passes a sign on every three seconds at most; more would be thrown away there.
const EVERY_MS = 3_000

/** Tells the others that one is typing, sparingly, and that one has stopped. */
export class TypingOut {
  readonly #send: (on: boolean) => void
  #toldAt: number | null = null

  constructor(send: (on: boolean) => void) {
    this.#send = send
  }

  wrote(text: string): void {
    // Commands are nobody else's business.
    if (text.trim() === '' || text.startsWith('/')) return this.stop()
    const now = Date.now()
    if (this.#toldAt !== null && now - this.#toldAt < EVERY_MS) return
    this.#toldAt = now
    this.#send(true)
  }

  stop(): void {
    if (this.#toldAt !== null) this.#send(false)
    this.#toldAt = null
  }
}
