import { DurableObject } from 'cloudflare:workers'

import { Budget } from './budget.ts'
import type { BudgetLimits } from './budget.ts'
import { addCounts, Counters, later, METRICS, parseCounts } from './metrics.ts'
import type { Counts } from './metrics.ts'

const MINUTE_MS = 60_000

// Groups report every second: written as they come, reports would cost more rows than messages do.
const WRITE_AFTER_MS = 10_000

const KEPT_MINUTES = 24 * 60

// A backlog of old minutes is cleared bit by bit, since each one is a row written.
const PRUNED_AT_ONCE = 10

// The row of what was counted since the beginning lies beside those of the minutes.
const TOTAL = -1

/**
 * The counters of the whole deployment: since its beginning, and minute by minute for a day. A write
 * costs two rows whatever is in it; a crash loses what was reported in the ten seconds before.
 */
export class Operations extends DurableObject {
  readonly #sql: SqlStorage
  readonly #budget: Budget
  readonly #pending = new Counters((counts) => this.#write(counts), later, WRITE_AFTER_MS)

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
    this.#budget = new Budget(ctx.storage)
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS accounts (minute INTEGER PRIMARY KEY, counts TEXT NOT NULL)',
    )
  }

  /** Adds what somebody counted since their last report. */
  take(deltas: Readonly<Record<string, number>>): void {
    this.#pending.add(parseCounts(deltas))
  }

  /** Sets aside what a reply may cost; see `Budget`. */
  holdReply(
    name: string,
    tokens: number,
    limits: BudgetLimits,
  ): { readonly retryAt: number } | undefined {
    return this.#budget.hold(name, tokens, limits)
  }

  /** Hears what a reply did cost; see `Budget`. */
  settleReply(name: string, replies: number, tokens: number): void {
    this.#budget.settle(name, replies, tokens)
  }

  /** Every counter since the beginning. */
  async counters(): Promise<Readonly<Record<string, number>>> {
    await this.#pending.flush()
    const total = this.#read(TOTAL)
    return Object.fromEntries(METRICS.map((name) => [name, total[name] ?? 0]))
  }

  #write(counts: Counts): void {
    const minute = Math.floor(Date.now() / MINUTE_MS)
    this.ctx.storage.transactionSync(() => {
      this.#add(TOTAL, counts)
      this.#add(minute, counts)
      this.#sql.exec(
        `DELETE FROM accounts WHERE minute IN
           (SELECT minute FROM accounts WHERE minute BETWEEN 0 AND ? ORDER BY minute LIMIT ?)`,
        minute - KEPT_MINUTES,
        PRUNED_AT_ONCE,
      )
    })
  }

  #add(minute: number, counts: Counts): void {
    const sum = JSON.stringify(addCounts(this.#read(minute), counts))
    this.#sql.exec('INSERT OR REPLACE INTO accounts VALUES (?, ?)', minute, sum)
  }

  #read(minute: number): Counts {
    const [row] = this.#sql
      .exec<{ counts: string }>('SELECT counts FROM accounts WHERE minute = ?', minute)
      .toArray()
    return row === undefined ? {} : parseCounts(JSON.parse(row.counts))
  }
}
