import type { Reason } from './alarms.ts'

const RETRY_MS = 5_000
const LONGEST_RETRY_MS = 600_000

/** How long one delivery may take before it counts as failed, so that what comes after it goes on. */
const PATIENCE_MS = 10_000

/** What another object has to hear. Each may be told twice, so each must bear that. */
export type Errand =
  | {
      /** To a member's own object: they are in this group, or no longer. */
      readonly kind: 'joined' | 'left'
      readonly member: string
      /** The seq of the event that says so: a later one wins, however late it comes. */
      readonly version: number
    }
  | {
      /** To the deployment's purse: what was set aside under this name has cost so much. */
      readonly kind: 'settle'
      readonly hold: string
      readonly replies: number
      readonly tokens: number
    }

type ErrandRow = { id: number; errand: string; due: number; tries: number }

/**
 * What other objects must hear of this one: written in the transaction that makes it true, delivered
 * at least once, tried again by the alarm until it worked.
 */
export class Outbox implements Reason {
  readonly name = 'outbox'
  readonly #sql: SqlStorage
  readonly #deliver: (errand: Errand) => Promise<void>
  readonly #patienceMs: number
  // Read once, and again after each change: it is asked for at every message.
  #due: { readonly at: number | undefined } | undefined

  constructor(
    sql: SqlStorage,
    deliver: (errand: Errand) => Promise<void>,
    patienceMs = PATIENCE_MS,
  ) {
    this.#sql = sql
    this.#deliver = deliver
    this.#patienceMs = patienceMs
  }

  /** Notes an errand; call it inside the transaction that it belongs to. */
  note(errand: Errand): void {
    this.#change(
      'INSERT INTO errands (errand, due, tries) VALUES (?, ?, 0)',
      JSON.stringify(errand),
      Date.now(),
    )
  }

  due(): number | undefined {
    this.#due ??= { at: this.#readDue() }
    return this.#due.at
  }

  /** Delivers what is due; what fails waits longer each time. */
  async run(now = Date.now()): Promise<boolean> {
    const rows = this.#sql
      .exec<ErrandRow>('SELECT * FROM errands WHERE due <= ? ORDER BY id', now)
      .toArray()
    let delivered = false
    for (const { id, errand, tries } of rows) {
      try {
        await this.#deliverInTime(JSON.parse(errand))
        this.#change('DELETE FROM errands WHERE id = ?', id)
        delivered = true
      } catch {
        const wait = Math.min(RETRY_MS * 2 ** tries, LONGEST_RETRY_MS)
        this.#change('UPDATE errands SET due = ?, tries = tries + 1 WHERE id = ?', now + wait, id)
      }
    }
    return delivered
  }

  async #deliverInTime(errand: Errand): Promise<void> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error('no answer in time')), this.#patienceMs)
    try {
      await Promise.race([this.#deliver(errand), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  #change(query: string, ...values: readonly (string | number)[]): void {
    this.#due = undefined
    this.#sql.exec(query, ...values)
  }

  #readDue(): number | undefined {
    const { due } = this.#sql
      .exec<{ due: number | null }>('SELECT min(due) AS due FROM errands')
      .one()
    return due ?? undefined
  }
}
