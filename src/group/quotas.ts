import type { Usage } from '../protocol/events.ts'
import type { QuotaLimits, Spent } from './api.ts'
import type { Ledger } from './ledger.ts'
import type { Question, ReplyBook } from './reply-book.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** After which wait a question may come again where nobody could be asked for the deployment's leave. */
const UNREACHABLE_MS = 10_000

/** What follows the name of a reservation in the name of the one for a second call. */
const AGAIN = ':again'

/** Why somebody is not answered now, and when they will be again, in milliseconds since 1970. */
export interface Shortage {
  readonly scope: 'minute' | 'hour' | 'day' | 'deployment' | 'unreachable'
  readonly retryAt: number
}

/** What is used of what may be used: by one member in this hour, by the group in this day. */
export interface QuotaStanding {
  readonly limits: QuotaLimits
  readonly hour: Spent
  readonly day: Spent
}

/** The purse of the whole deployment, kept elsewhere; see `Budget` in ops/. */
export interface Purse {
  /** Sets tokens and one reply aside under a name, once however often it is asked; or says when next. */
  hold(name: string, tokens: number): Promise<{ readonly retryAt: number } | undefined>
}

/** What quotas need of the room around them. */
export interface QuotaParts {
  readonly limits: QuotaLimits
  readonly ledger: Ledger
  readonly book: ReplyBook
  readonly group: () => string
  /** Undefined where the deployment sets no limit of its own: then nobody has to be asked. */
  readonly purse: Purse | undefined
}

/**
 * How much the assistant may answer: so many replies and tokens per member and hour, per group and
 * day, per deployment and day. Hours and days are UTC's. Everything a reply may cost is set aside
 * before it begins, so that no number of questions at once and no crash can go beyond a limit.
 */
export class Quotas {
  readonly #parts: QuotaParts

  constructor(parts: QuotaParts) {
    this.#parts = parts
  }

  /** What this group itself has against answering this member now. */
  shortage(member: string, cost: Usage, now: number): Shortage | undefined {
    const { limits, ledger } = this.#parts
    const oldest = ledger.nthNewest(limits.memberRepliesPerMinute, member, now - MINUTE_MS + 1)
    if (oldest !== undefined) return { scope: 'minute', retryAt: oldest + MINUTE_MS }
    const tokens = tokensOf(cost)
    const own = ledger.spent(hourOf(now), member)
    if (
      own.replies + 1 > limits.memberRepliesPerHour ||
      own.tokens + tokens > limits.memberTokensPerHour
    ) {
      return { scope: 'hour', retryAt: hourOf(now) + HOUR_MS }
    }
    const all = ledger.spent(dayOf(now))
    return all.replies + 1 > limits.groupRepliesPerDay ||
      all.tokens + tokens > limits.groupTokensPerDay
      ? { scope: 'day', retryAt: dayOf(now) + DAY_MS }
      : undefined
  }

  /** How much of this hour a member has used, and the group of this day. */
  standing(member: string, now: number): QuotaStanding {
    const { limits, ledger } = this.#parts
    return { limits, hour: ledger.spent(hourOf(now), member), day: ledger.spent(dayOf(now)) }
  }

  /**
   * Sets aside what an answer may cost. What the group itself decides is decided when this returns
   * its promise; only the deployment's purse is waited for. A reservation that a crash left behind
   * is taken up again under its old name.
   */
  async reserve({ trigger, asker }: Question, cost: Usage): Promise<Shortage | undefined> {
    const { book, purse } = this.#parts
    const now = Date.now()
    let at = book.reservedAt(trigger)
    if (at === undefined) {
      const shortage = this.shortage(asker, cost, now)
      if (shortage) return shortage
      at = now
      book.reserve(trigger, cost, at)
    }
    if (!purse) return undefined
    try {
      const refused = await purse.hold(this.#holdName(trigger, at), tokensOf(cost))
      return refused && { scope: 'deployment', ...refused }
    } catch {
      return { scope: 'unreachable', retryAt: now + UNREACHABLE_MS }
    }
  }

  /**
   * Sets aside what one more call for the same answer may cost beside the first; false where that is
   * more than is left. The deployment is asked first, so that what it grants is settled in any case.
   */
  async extend({ trigger, asker }: Question, tokens: number): Promise<boolean> {
    const { limits, ledger, book, purse } = this.#parts
    const at = book.reservedAt(trigger)
    if (at === undefined) return false
    try {
      const name = `${this.#holdName(trigger, at)}${AGAIN}`
      if (await purse?.hold(name, tokens)) return false
    } catch {
      return false
    }
    const own = ledger.spent(hourOf(at), asker)
    const all = ledger.spent(dayOf(at))
    return (
      own.tokens + tokens <= limits.memberTokensPerHour &&
      all.tokens + tokens <= limits.groupTokensPerDay
    )
  }

  /** Under which name the deployment's purse knows a reservation; undefined where it is not asked. */
  holdOf(trigger: number): string | undefined {
    const at = this.#parts.book.reservedAt(trigger)
    return this.#parts.purse && at !== undefined ? this.#holdName(trigger, at) : undefined
  }

  /** The same for what was set aside for a second call, if there was one. */
  secondHoldOf(trigger: number): string | undefined {
    const hold = this.holdOf(trigger)
    return hold === undefined ? undefined : `${hold}${AGAIN}`
  }

  #holdName(trigger: number, at: number): string {
    return `${this.#parts.group()}:${trigger}:${at}`
  }
}

/** When the current hour of UTC began, in milliseconds since 1970. */
export function hourOf(now: number): number {
  return startOf(HOUR_MS, now)
}

/** When the current day of UTC began, in milliseconds since 1970. */
export function dayOf(now: number): number {
  return startOf(DAY_MS, now)
}

function startOf(windowMs: number, now: number): number {
  return now - (now % windowMs)
}

function tokensOf({ inputTokens, outputTokens }: Usage): number {
  return inputTokens + outputTokens
}
