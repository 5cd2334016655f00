/** How many first tokens are remembered, and how many say something. */
const TIMES_KEPT = 100
const LEAST_TIMES = 10

/** Nobody is asked a second time sooner than this. */
const LEAST_WAIT_MS = 1_500

/** Of this many calls, so many may be made only because another one was slow. */
const CALLS_KEPT = 100
const MOST_EXTRA = 8

/** How long an endpoint takes until its first token. */
export class FirstTokenTimes {
  #times: number[] = []

  add(ms: number): void {
    this.#times.push(ms)
    if (this.#times.length > TIMES_KEPT) this.#times.shift()
  }

  /** How long to wait for a first token before another endpoint is asked as well. */
  patienceMs(): number {
    if (this.#times.length < LEAST_TIMES) return LEAST_WAIT_MS
    const sorted = this.#times.toSorted((a, b) => a - b)
    return Math.max(LEAST_WAIT_MS, sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0)
  }
}

/** Keeps calls that are made besides another one rare, for each of them is paid. */
export class ExtraCalls {
  #recent: boolean[] = []

  note(isExtra: boolean): void {
    this.#recent.push(isExtra)
    if (this.#recent.length > CALLS_KEPT) this.#recent.shift()
  }

  /** Whether one more keeps within the bound. */
  allows(): boolean {
    const recent = this.#recent.slice(1 - CALLS_KEPT)
    return recent.filter(Boolean).length < MOST_EXTRA
  }
}
