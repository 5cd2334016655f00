import { Recent, surelyAtLeast } from './recent.ts'

/** Calls in a row that fail before a breaker opens, however few there are. */
const FAILURES_IN_ROW = 4

/** Calls that must be known before a share of them says anything. */
const LEAST_CALLS = 8

/** The share of failures that is surely exceeded when a breaker opens. */
const FAILURE_SHARE = 0.2

/** The share of slow first tokens at which a breaker opens. */
const SLOW_SHARE = 0.5

/** How long a breaker stays open: the first time, and at most after opening again and again. */
const OPEN_MS = 10_000
const LONGEST_OPEN_MS = 300_000

/** A pause lasts at least this share of its length, by chance, so that groups do not return together. */
const LEAST_PAUSE = 0.8

/** Good first tokens that close a breaker again. */
const GOOD_TRIALS = 2

/** How an endpoint is thought of. `openings` counts since it was last closed. */
export type BreakerState =
  | { readonly at: 'closed' }
  | { readonly at: 'open'; readonly until: number; readonly openings: number }
  | { readonly at: 'half_open'; readonly good: number; readonly openings: number }

export type CallResult = 'ok' | 'failed' | 'unknown'

/** One call that a breaker has let through, and what becomes of it. Only the first end counts. */
export interface Permit {
  /** The endpoint began to answer, which took so long. */
  onFirstToken(waitedMs: number): void
  /** `unknown`: it was stopped, or ended in a way that says nothing about the endpoint. */
  onEnd(result: CallResult): void
  /** Another endpoint that was asked later answered before it: slow, who knows how much. */
  onOvertaken(): void
}

export interface BreakerOptions {
  /** First tokens later than this are slow, in milliseconds. */
  readonly slowMs: number
  /** How long a trial can be without its first token; then nobody speaks for it any more. */
  readonly trialMs: number
  readonly now: () => number
  /** From 0 up to 1. */
  readonly random: () => number
}

/**
 * Keeps calls away from an endpoint that fails or is slow. It has no timers: time passes when somebody
 * asks. While it is half-open one call at a time tries the endpoint, and all others go elsewhere.
 */
export class Breaker {
  readonly #options: BreakerOptions
  readonly #calls = new Recent()
  readonly #firstTokens = new Recent()
  #state: BreakerState = { at: 'closed' }
  #failuresInRow = 0
  /** How often it has opened; a call that began before the last time is no news any more. */
  #opened = 0
  /** Until when a trial is awaited. */
  #trialUntil = 0

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get state(): BreakerState {
    return this.#state
  }

  /** When the endpoint may be called again; undefined if it may be now. */
  restsUntil(): number | undefined {
    const now = this.#options.now()
    switch (this.#state.at) {
      case 'closed':
        return undefined
      case 'open':
        return isAhead(this.#state.until, now) ? this.#state.until : undefined
      case 'half_open':
        return isAhead(this.#trialUntil, now) ? this.#trialUntil : undefined
    }
  }

  /** Lets a call through or not. */
  permit(): Permit | undefined {
    if (this.restsUntil() !== undefined) return undefined
    const state = this.#state
    if (state.at === 'open') this.#state = { at: 'half_open', good: 0, openings: state.openings }
    if (state.at !== 'closed') {
      this.#trialUntil = this.#options.now() + Math.min(this.#options.trialMs, LONGEST_OPEN_MS)
    }
    return this.#watch()
  }

  /** Takes over what was known before this process; what was learned in it counts more. */
  restore(state: BreakerState): void {
    const now = this.#options.now()
    const isFresh = this.#opened === 0 && this.#calls.sum(now).count === 0
    if (!isFresh || state.at === 'closed') return
    const until = state.at === 'open' ? state.until : now
    // Whoever failed long ago gets a clean start.
    if (Math.abs(now - until) > LONGEST_OPEN_MS) return
    this.#opened += 1
    this.#state = { at: 'open', until, openings: state.openings }
  }

  #watch(): Permit {
    const { slowMs } = this.#options
    const opened = this.#opened
    let hasBegun = false
    let isOver = false
    const begin = (isSlow: boolean): void => {
      if (isOver || hasBegun || opened !== this.#opened) return
      hasBegun = true
      this.#onFirstToken(isSlow)
    }
    return {
      onFirstToken: (waitedMs) => begin(waitedMs > slowMs),
      onOvertaken: () => {
        begin(true)
        isOver = true
      },
      onEnd: (result) => {
        if (!isOver && opened === this.#opened) this.#onEnd(result, hasBegun)
        isOver = true
      },
    }
  }

  #onFirstToken(isSlow: boolean): void {
    const state = this.#state
    if (state.at === 'half_open') {
      if (isSlow) return this.#open(state.openings)
      this.#trialUntil = 0
      const good = state.good + 1
      this.#state = good < GOOD_TRIALS ? { ...state, good } : { at: 'closed' }
      return
    }
    const now = this.#options.now()
    this.#firstTokens.add(isSlow, now)
    const { count, marked } = this.#firstTokens.sum(now)
    if (count >= LEAST_CALLS && marked >= count * SLOW_SHARE) this.#open(0)
  }

  #onEnd(result: CallResult, hasBegun: boolean): void {
    if (this.#state.at === 'half_open') {
      // A trial that has begun to answer has made room for the next one already.
      if (!hasBegun) this.#trialUntil = 0
      if (result === 'failed') this.#open(this.#state.openings)
      return
    }
    if (result === 'unknown') return
    const now = this.#options.now()
    this.#calls.add(result === 'failed', now)
    if (result === 'ok') {
      this.#failuresInRow = 0
      return
    }
    this.#failuresInRow += 1
    const { count, marked } = this.#calls.sum(now)
    const isBad = count >= LEAST_CALLS && surelyAtLeast(marked, count) > FAILURE_SHARE
    if (isBad || this.#failuresInRow >= FAILURES_IN_ROW) this.#open(0)
  }

  #open(before: number): void {
    const { now, random } = this.#options
    const longest = Math.min(OPEN_MS * 2 ** before, LONGEST_OPEN_MS)
    const pause = longest * (LEAST_PAUSE + (1 - LEAST_PAUSE) * random())
    this.#state = { at: 'open', until: Math.ceil(now() + pause), openings: before + 1 }
    this.#opened += 1
    this.#failuresInRow = 0
    this.#trialUntil = 0
    this.#calls.clear()
    this.#firstTokens.clear()
  }
}

// A moment further away than any pause was noted by a clock that has been put back since.
function isAhead(moment: number, now: number): boolean {
  return moment > now && moment - now <= LONGEST_OPEN_MS
}
