/** What one member of a run received; sums tell a loss that a duplicate would hide from a count. */
export interface Receiver {
  count: number
  sum: number
}

/** Counts deliveries and remembers how long each took. */
export class Tally {
  delivered = 0
  lastDeliveryAt = 0
  readonly #sentAt: Float64Array
  /** Deliveries by milliseconds, in tenths. */
  readonly #histogram = new Uint32Array(600_000)

  constructor(messages: number) {
    this.#sentAt = new Float64Array(messages)
  }

  sent(number: number): void {
    this.#sentAt[number] = performance.now()
  }

  received(receiver: Receiver, number: number): void {
    receiver.count += 1
    receiver.sum += number
    this.delivered += 1
    const now = performance.now()
    this.lastDeliveryAt = now
    const tenths = Math.round((now - (this.#sentAt[number] ?? 0)) * 10)
    const bucket = Math.min(Math.max(tenths, 0), this.#histogram.length - 1)
    this.#histogram[bucket] = (this.#histogram[bucket] ?? 0) + 1
  }

  /** The time within which a share of the deliveries arrived, in milliseconds. */
  percentileMs(share: number): number {
    const wanted = Math.ceil(this.delivered * share)
    let seen = 0
    for (let bucket = 0; bucket < this.#histogram.length; bucket += 1) {
      seen += this.#histogram[bucket] ?? 0
      if (seen >= wanted) return bucket / 10
    }
    return Number.POSITIVE_INFINITY
  }
}
