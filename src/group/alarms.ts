import { log } from '../ops/log.ts'

/** Runs without progress after which the alarm stays silent until something new happens. */
const RUNS_WITHOUT_PROGRESS = 20

/** The shortest wait after a run that brought nothing forward, doubled up to the longest. */
const BACKOFF_MS = 2_000
const LONGEST_BACKOFF_MS = 300_000

/** Something that has to happen later. When is read from the tables, so nothing has to be armed twice. */
export interface Reason {
  readonly name: string
  /** When it is next due, in milliseconds since 1970, or never. */
  due(): number | undefined
  /** Does what is due; true when that brought anything forward. */
  run(now: number): Promise<boolean> | boolean
}

/** The part of an object's storage that keeps its alarm. */
export interface AlarmStorage {
  getAlarm(): Promise<number | null>
  setAlarm(at: number): Promise<void>
}

/** The one alarm of an object, shared by many reasons. It is set only when it has to ring earlier. */
export class Alarms {
  readonly #storage: AlarmStorage
  readonly #group: () => string
  readonly #reasons: readonly Reason[]
  #armedFor: number | undefined
  #vainRuns = 0

  constructor(storage: AlarmStorage, group: () => string, reasons: readonly Reason[]) {
    this.#storage = storage
    this.#group = group
    this.#reasons = reasons
  }

  /** Learns after a wake when the alarm will ring; until then each `arm` would set it anew. */
  async recall(): Promise<void> {
    this.#armedFor = (await this.#storage.getAlarm()) ?? undefined
  }

  /** Sets the alarm for the earliest reason. Call it in the turn that made something due. */
  arm(): void {
    const due = this.#next()
    if (due === undefined || (this.#armedFor !== undefined && this.#armedFor <= due)) return
    this.#armedFor = due
    // In the same turn as the rows that call for it, so both become durable together.
    void this.#storage.setAlarm(due)
  }

  /** Runs every reason that is due; one that fails holds no other up. */
  async ring(): Promise<void> {
    this.#armedFor = undefined
    const now = Date.now()
    let progress = false
    const vain = new Set<Reason>()
    for (const reason of this.#reasons) {
      if ((reason.due() ?? Infinity) > now) continue
      try {
        if (await reason.run(now)) progress = true
        else vain.add(reason)
      } catch (fault) {
        vain.add(reason)
        log({ event: 'alarm.failed', group: this.#group(), reason: reason.name }, fault)
      }
    }
    // What was due may be done by now, as the lease of a reply that ended; that is no failure.
    this.#vainRuns = progress || vain.size === 0 ? 0 : this.#vainRuns + 1
    const isStalled = this.#vainRuns >= RUNS_WITHOUT_PROGRESS
    if (isStalled) log({ event: 'alarm.stalled', group: this.#group(), runs: this.#vainRuns })
    // Only what was in vain has to wait, or is given up for now; everything else is still on time.
    const wait = isStalled
      ? Infinity
      : Math.min(BACKOFF_MS * 2 ** this.#vainRuns, LONGEST_BACKOFF_MS)
    const backAt = this.#vainRuns === 0 ? 0 : Date.now() + wait
    const due = this.#next((reason) => (vain.has(reason) ? backAt : 0))
    if (due === undefined) return
    this.#armedFor = due
    await this.#storage.setAlarm(due)
  }

  #next(notBefore: (reason: Reason) => number = () => 0): number | undefined {
    const due = Math.min(
      ...this.#reasons.map((reason) => Math.max(reason.due() ?? Infinity, notBefore(reason))),
    )
    return due === Infinity ? undefined : due
  }
}
