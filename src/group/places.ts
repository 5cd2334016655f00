/** A number of places, given away in the order in which they are asked for. */
export class Places {
  #free: number
  readonly #queue: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /**
   * Does something in a place, once there is one.
   *
   * @throws the signal's reason, when that comes before its turn.
   */
  async during<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(signal)
    try {
      // It may have been called off between its turn and this line.
      signal.throwIfAborted()
      return await work()
    } finally {
      this.#leave()
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const turn = Promise.withResolvers<void>()
    // Whoever gives up had no place, and so passes none on.
    const giveUp = (): void => {
      const at = this.#queue.indexOf(turn.resolve)
      if (at >= 0) this.#queue.splice(at, 1)
      turn.reject(signal.reason)
    }
    this.#queue.push(turn.resolve)
    signal.addEventListener('abort', giveUp)
    try {
      await turn.promise
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  #leave(): void {
    const next = this.#queue.shift()
    if (next) next()
    else this.#free += 1
  }
}
