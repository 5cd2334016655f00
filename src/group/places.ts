/** A number of places, taken in the order in which they are asked for. */
export class Places {
  readonly #count: number
  readonly #queue: (() => void)[] = []
  #taken = 0

  constructor(count: number) {
    this.#count = count
  }

  /**
   * Waits for a place. Each call is followed by one `leave`, also when it rejects.
   *
   * @throws the signal's reason, when that comes first.
   */
  async take(signal: AbortSignal): Promise<void> {
    this.#taken += 1
    if (this.#taken <= this.#count) return
    await new Promise<void>((resolve) => {
      this.#queue.push(resolve)
      signal.addEventListener('abort', () => this.#giveUp(resolve), { once: true })
    })
    signal.throwIfAborted()
  }

  leave(): void {
    this.#taken -= 1
    // Who gave up while waiting leaves no place behind.
    if (this.#taken - this.#queue.length < this.#count) this.#queue.shift()?.()
  }

  #giveUp(resolve: () => void): void {
    const place = this.#queue.indexOf(resolve)
    if (place >= 0) this.#queue.splice(place, 1)
    resolve()
  }
}
