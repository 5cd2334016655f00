import type { Usage } from '../protocol/events.ts'

/** How long a reply may go without a checkpoint before it counts as orphaned. */
const LEASE_MS = 30_000

/** What is to be answered, and for whom. */
export interface Question {
  /** The seq of the message that asks. */
  readonly trigger: number
  /** The reply that this one is another answer to. */
  readonly again?: number
  readonly asker: string
}

/** A reply whose lease has run out. */
export interface Expired {
  readonly question: Question
  /** Its seq; undefined while it is only promised. */
  readonly reply: number | undefined
  /** Its text at the last checkpoint. */
  readonly text: string
}

/**
 * The replies that are promised or being written: one row each, from the question to the end. A lease
 * in it tells a reply that lives from one that a crash left behind.
 */
export class ReplyBook {
  readonly #sql: SqlStorage
  // Read once, and again after each change: it is asked for at every message.
  #due: { readonly at: number | undefined } | undefined

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Writes down that a message will be answered; call it inside its transaction. */
  promise({ trigger, again, asker }: Question): void {
    this.#change(
      `INSERT INTO replies (trigger_seq, again, asker, text, lease_until) VALUES (?, ?, ?, '', ?)`,
      trigger,
      again ?? null,
      asker,
      Date.now() + LEASE_MS,
    )
  }

  /** Whether this message is to be answered, and nobody has begun. */
  isPromised(trigger: number): boolean {
    return this.#find('trigger_seq = ? AND reply IS NULL', trigger).length > 0
  }

  /** Whether this message is being answered, or will be. */
  has(trigger: number): boolean {
    return this.#find('trigger_seq = ?', trigger).length > 0
  }

  /** Sets aside what the answer may cost at most, until it is closed. */
  reserve(trigger: number, { inputTokens, outputTokens }: Usage, at: number): void {
    this.#change(
      `UPDATE replies SET reserved_at = ?, reserved_input = ?, reserved_output = ?
         WHERE trigger_seq = ?`,
      at,
      inputTokens,
      outputTokens,
      trigger,
    )
  }

  /** When the cost of the answer was set aside, if it was. */
  reservedAt(trigger: number): number | undefined {
    return this.#find('trigger_seq = ?', trigger)[0]?.reserved_at ?? undefined
  }

  /** What was set aside for the answer. */
  reserved(trigger: number): Usage {
    const [row] = this.#find('trigger_seq = ?', trigger)
    return { inputTokens: row?.reserved_input ?? 0, outputTokens: row?.reserved_output ?? 0 }
  }

  start(trigger: number, reply: number): void {
    this.#change(
      'UPDATE replies SET reply = ?, lease_until = ? WHERE trigger_seq = ?',
      reply,
      Date.now() + LEASE_MS,
      trigger,
    )
  }

  /** Writes the text so far down, and renews the lease. */
  checkpoint(trigger: number, text: string): void {
    this.#change(
      'UPDATE replies SET text = ?, lease_until = ? WHERE trigger_seq = ?',
      text,
      Date.now() + LEASE_MS,
      trigger,
    )
  }

  /** Strikes a reply out: it has ended, or there will be none. */
  close(trigger: number): void {
    this.#change('DELETE FROM replies WHERE trigger_seq = ?', trigger)
  }

  /** When the first lease runs out, in milliseconds since 1970. */
  due(): number | undefined {
    this.#due ??= { at: this.#readDue() }
    return this.#due.at
  }

  expired(now: number): readonly Expired[] {
    return this.#find('lease_until <= ?', now).map(
      ({ trigger_seq, reply, again, asker, text }) => ({
        question: { trigger: trigger_seq, asker, ...(again !== null && { again }) },
        reply: reply ?? undefined,
        text,
      }),
    )
  }

  #change(query: string, ...values: readonly (string | number | null)[]): void {
    this.#due = undefined
    this.#sql.exec(query, ...values)
  }

  #readDue(): number | undefined {
    const { due } = this.#sql
      .exec<{ due: number | null }>('SELECT min(lease_until) AS due FROM replies')
      .one()
    return due ?? undefined
  }

  #find(condition: string, value: number): readonly ReplyRow[] {
    return this.#sql.exec<ReplyRow>(`SELECT * FROM replies WHERE ${condition}`, value).toArray()
  }
}

type ReplyRow = {
  trigger_seq: number
  reply: number | null
  again: number | null
  asker: string
  text: string
  lease_until: number
  reserved_at: number | null
  reserved_input: number
  reserved_output: number
}
