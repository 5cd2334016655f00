import type { Reason } from './alarms.ts'

const RETRY_MS = 5_000
const LONGEST_RETRY_MS = 600_000

/** A member whose own object has to hear that they are in this group, or no longer. */
export interface Errand {
  readonly kind: 'joined' | 'left'
  readonly member: string
  /** The seq of the event that says so: a later one wins, however late it comes. */
  readonly version: number
}

type ErrandRow = {
  id: number
  kind: Errand['kind']
  member: string
  version: number
  due: number
  tries: number
}

/**
 * What other objects must hear of this one: written in the transaction that makes it true, delivered
 * at least once, tried again by the alarm until it worked.
 */
export class Outbox implements Reason {
  readonly name = 'outbox'
  readonly #sql: SqlStorage
  readonly #deliver: (errand: Errand) => Promise<void>
  // Read once, and again after each change: it is asked for at every message.
  #due: { readonly at: number | undefined } | undefined

  constructor(sql: SqlStorage, deliver: (errand: Errand) => Promise<void>) {
    this.#sql = sql
    this.#deliver = deliver
  }

  /** Notes an errand; call it inside the transaction that it belongs to. */
  note({ kind, member, version }: Errand): void {
    this.#change(
      'INSERT INTO outbox (kind, member, version, due, tries) VALUES (?, ?, ?, ?, 0)',
      kind,
      member,
      version,
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
      .exec<ErrandRow>('SELECT * FROM outbox WHERE due <= ? ORDER BY id', now)
      .toArray()
    let delivered = false
    for (const { id, kind, member, version, tries } of rows) {
      try {
        await this.#deliver({ kind, member, version })
        this.#change('DELETE FROM outbox WHERE id = ?', id)
        delivered = true
      } catch {
        const wait = Math.min(RETRY_MS * 2 ** tries, LONGEST_RETRY_MS)
        this.#change('UPDATE outbox SET due = ?, tries = tries + 1 WHERE id = ?', now + wait, id)
      }
    }
    return delivered
  }

  #change(query: string, ...values: readonly (string | number)[]): void {
    this.#due = undefined
    this.#sql.exec(query, ...values)
  }

  #readDue(): number | undefined {
    const { due } = this.#sql
      .exec<{ due: number | null }>('SELECT min(due) AS due FROM outbox')
      .one()
    return due ?? undefined
  }
}
