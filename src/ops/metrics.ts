/** Everything that is counted. Dashboards know these names: none is ever renamed or used again. */
export const METRICS = [
  'connections_opened',
  'messages',
  'refusals',
  'replies_started',
  'replies_model',
  'replies_local',
  'replies_failed',
  'archived_segments',
  'jobs_done',
  'jobs_dead',
  'rows_written',
  'sign_ins',
  'refused_sign_ins',
  'refused_operators',
  'refused_origins',
  'refused_tickets',
  'refused_addresses',
  'invites_accepted',
  'refused_invites',
] as const

export type MetricName = (typeof METRICS)[number]

/** How much was counted of each metric; what is missing is 0. */
export type Counts = Readonly<Partial<Record<MetricName, number>>>

/** The name of the one object that keeps the counters of the whole deployment. */
export const OPERATIONS_NAME = 'all'

const KNOWN: ReadonlySet<string> = new Set(METRICS)

/**
 * Makes counts trustworthy: names that nobody here knows, as a newer release may send, and values
 * that are no amounts are left out.
 */
export function parseCounts(value: unknown): Counts {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter(isCount))
}

function isCount([name, amount]: readonly [string, unknown]): boolean {
  return KNOWN.has(name) && typeof amount === 'number' && Number.isFinite(amount) && amount > 0
}

/** Two accounts as one. */
export function addCounts(one: Counts, other: Counts): Counts {
  const sum: Partial<Record<MetricName, number>> = { ...one }
  for (const name of METRICS) {
    const amount = other[name]
    if (amount !== undefined) sum[name] = (sum[name] ?? 0) + amount
  }
  return sum
}

/** Runs something once, after a while; the answer calls it off. */
export type Later = (run: () => void, ms: number) => () => void

/** The runtime's own timer: clearable, so that it pins no object that has nothing more to say. */
export const later: Later = (run, ms) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

// The least time between two reports of a busy group. After a pause the first count is reported at
// once: an object that waits for a timer is paid for, and most messages come alone.
const FLUSH_AFTER_MS = 1_000

/**
 * Counts in memory and hands the sums on together. A timer is pending only while something waits to
 * be handed on; sums that could not be handed on wait for the next count instead.
 */
export class Counters {
  readonly #hand: (counts: Counts) => Promise<void> | void
  readonly #later: Later
  readonly #afterMs: number
  #counts: Counts = {}
  #callOff: (() => void) | undefined
  #handedAt = 0

  constructor(
    hand: (counts: Counts) => Promise<void> | void,
    later: Later,
    afterMs = FLUSH_AFTER_MS,
  ) {
    this.#hand = hand
    this.#later = later
    this.#afterMs = afterMs
  }

  count(name: MetricName, amount = 1): void {
    this.add({ [name]: amount })
  }

  add(counts: Counts): void {
    if (Object.keys(counts).length === 0) return
    this.#counts = addCounts(this.#counts, counts)
    const isBusy = Date.now() - this.#handedAt < this.#afterMs
    this.#callOff ??= this.#later(() => void this.flush(), isBusy ? this.#afterMs : 0)
  }

  /** Hands the sums on now. Never rejects: no figure is worth failing anything else for. */
  async flush(): Promise<void> {
    this.#callOff?.()
    this.#callOff = undefined
    const counts = this.#counts
    if (Object.keys(counts).length === 0) return
    this.#counts = {}
    this.#handedAt = Date.now()
    try {
      await this.#hand(counts)
    } catch {
      this.#counts = addCounts(counts, this.#counts)
    }
  }
}

/**
 * Counts where no timer may outlive the event that set it, as in a Worker: the sums wait for whatever
 * happens next. At most once in a while there is something to hand on.
 */
export class Tally {
  readonly #afterMs: number
  #counts: Counts = {}
  #takenAt = 0

  constructor(afterMs = FLUSH_AFTER_MS) {
    this.#afterMs = afterMs
  }

  add(counts: Counts): void {
    this.#counts = addCounts(this.#counts, counts)
  }

  /** The sums, where there are any and it is time; whoever takes them hands them on. */
  take(): Counts | undefined {
    const now = Date.now()
    if (Object.keys(this.#counts).length === 0 || now - this.#takenAt < this.#afterMs) return
    const counts = this.#counts
    this.#counts = {}
    this.#takenAt = now
    return counts
  }
}
