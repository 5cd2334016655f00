import type { ReplySource, ReplyStatus } from '../protocol/events.ts'
import type { LedgerEntry, Spent } from './api.ts'

/** How long an account of a reply is kept, in milliseconds: a year and a month. */
const KEPT_MS = 400 * 86_400_000

// What has been settled and what is still reserved, as one: nobody is asked about either alone.
const CHARGES = `
  SELECT member, at, replies, input_tokens + output_tokens AS tokens FROM ledger WHERE at >= ?1
  UNION ALL
  SELECT asker, reserved_at, 1, reserved_input + reserved_output FROM replies WHERE reserved_at >= ?1`

type EntryRow = {
  reply: number
  question: number
  member: string
  at: number
  status: ReplyStatus
  source: ReplySource
  model: string | null
  replies: number
  input_tokens: number
  output_tokens: number
  is_estimated: number
}

/**
 * Who used what: a row for each reply that ended, beside the reservations of those that did not. It
 * is the only account there is – quotas are sums over it, so they cannot drift away from it.
 */
export class Ledger {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** What replies cost since a moment, reservations included; one member's, or everybody's. */
  spent(since: number, member?: string): Spent {
    const { replies, tokens } = this.#sql
      .exec<{ replies: number | null; tokens: number | null }>(
        `SELECT sum(replies) AS replies, sum(tokens) AS tokens FROM (${CHARGES})
           WHERE ?2 IS NULL OR member = ?2`,
        since,
        member ?? null,
      )
      .one()
    return { replies: replies ?? 0, tokens: tokens ?? 0 }
  }

  /** What each member was charged since a moment, the most tokens first. */
  byMember(since: number): readonly (Spent & { readonly member: string })[] {
    return this.#sql
      .exec<{ member: string; replies: number; tokens: number }>(
        `SELECT member, sum(replies) AS replies, sum(tokens) AS tokens FROM (${CHARGES})
           GROUP BY member ORDER BY tokens DESC, replies DESC, member`,
        since,
      )
      .toArray()
  }

  /** When the `count`-th newest reply to a member began, if that was after `since`. */
  nthNewest(count: number, member: string, since: number): number | undefined {
    return this.#sql
      .exec<{ at: number }>(
        `SELECT at FROM (${CHARGES}) WHERE member = ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3`,
        since,
        member,
        count - 1,
      )
      .toArray()[0]?.at
  }

  /** Writes down what a reply cost; call it in the transaction that ends it and its reservation. */
  settle({ reply, question, to, at, status, source, model, ...cost }: LedgerEntry): void {
    const { replies, inputTokens, outputTokens, estimated } = cost
    this.#sql.exec('DELETE FROM ledger WHERE at < ?', at - KEPT_MS)
    this.#sql.exec(
      'INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      reply,
      question,
      to,
      at,
      status,
      source,
      model ?? null,
      replies,
      inputTokens,
      outputTokens,
      estimated ? 1 : 0,
    )
  }

  /** Settled accounts of replies before `before`, the newest first. */
  page(before: number, limit: number): { readonly entries: readonly LedgerEntry[]; more: boolean } {
    const rows = this.#sql
      .exec<EntryRow>(
        'SELECT * FROM ledger WHERE reply < ? ORDER BY reply DESC LIMIT ?',
        before,
        limit + 1,
      )
      .toArray()
    return { entries: rows.slice(0, limit).map(toEntry), more: rows.length > limit }
  }

  /** Whether this is the first time in a window that a member is told of its end; notes that it was. */
  isNews(member: string, scope: string, now: number, until: number): boolean {
    const known = this.#sql
      .exec('SELECT 1 FROM told WHERE member = ? AND scope = ? AND until > ?', member, scope, now)
      .toArray()
    if (known.length > 0) return false
    this.#sql.exec('INSERT OR REPLACE INTO told VALUES (?, ?, ?)', member, scope, until)
    return true
  }
}

function toEntry(row: EntryRow): LedgerEntry {
  const { reply, question, member, at, status, source, model, replies } = row
  return {
    reply,
    question,
    to: member,
    at,
    status,
    source,
    ...(model !== null && { model }),
    replies,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    estimated: row.is_estimated === 1,
  }
}
