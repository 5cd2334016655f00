import type { EntrySource } from '../history/pages.ts'
import { readPage } from '../history/pages.ts'
import type { Job } from '../jobs/job.ts'
import type { Reason } from './alarms.ts'
import type { Facts } from './facts.ts'
import type { Timeline } from './timeline.ts'

/** When and how much is archived, and how much recent storage keeps of it. */
export interface ArchivePolicy {
  /** Events in a full segment. */
  readonly segmentEvents: number
  /** After how long, in milliseconds, what is there is archived although it fills no segment. */
  readonly afterMs: number
  /** Archived events that recent storage keeps for quick joins, resumes and search. */
  readonly keepEvents: number
}

/** A pointer whose segment did not arrive in this time is put on the queue again. */
const ANNOUNCE_AGAIN_MS = 15 * 60_000

/**
 * The log's way into the archive: cuts segments, points the queue to them, remembers where they lie,
 * and gives recent storage free of what the archive holds.
 */
export class Segments implements Reason {
  readonly name = 'archive'
  readonly #sql: SqlStorage
  readonly #timeline: Timeline
  readonly #facts: Facts
  readonly #log: EntrySource
  readonly #policy: ArchivePolicy
  readonly #send: (job: Job) => Promise<void>
  #cutTo: number
  #firstOpenAt: number | undefined
  // The earliest announcement, read once; a look at every segment at each message would cost more.
  #announceAt: number | undefined

  constructor(
    sql: SqlStorage,
    parts: {
      readonly timeline: Timeline
      readonly facts: Facts
      readonly log: EntrySource
      readonly policy: ArchivePolicy
      readonly send: (job: Job) => Promise<void>
    },
  ) {
    this.#sql = sql
    this.#timeline = parts.timeline
    this.#facts = parts.facts
    this.#log = parts.log
    this.#policy = parts.policy
    this.#send = parts.send
    const newest = sql
      .exec<{ last: number }>('SELECT last FROM segments ORDER BY first DESC LIMIT 1')
      .toArray()[0]
    this.#cutTo = newest?.last ?? 0
    this.#lookAhead()
  }

  /** How many segments the archive holds of this group. */
  archived(): number {
    return this.#sql.exec('SELECT 1 FROM segments WHERE key IS NOT NULL').toArray().length
  }

  due(): number | undefined {
    return earliest(this.#announceAt, this.#cutDue())
  }

  /** Cuts what is due and puts a pointer for it on the queue. */
  async run(now: number): Promise<boolean> {
    let progress = this.#cut(now)
    const rows = this.#sql
      .exec<SegmentRow>('SELECT * FROM segments WHERE announce_at <= ?', now)
      .toArray()
    for (const { first, last, version } of rows) {
      await this.#send({ v: 1, kind: 'archive', group: this.#facts.id, first, last, version })
      this.#sql.exec(
        'UPDATE segments SET announce_at = ? WHERE first = ? AND version = ? AND announce_at IS NOT NULL',
        now + ANNOUNCE_AGAIN_MS,
        first,
        version,
      )
      progress = true
    }
    this.#lookAhead()
    return progress
  }

  /** The segment as it has to be stored now, or undefined if another version is wanted. */
  async exportSegment(first: number, last: number, version: number): Promise<string | undefined> {
    if (!this.#isWanted(first, version)) return undefined
    const request = { after: first - 1, limit: last - first + 1, bytes: Infinity }
    const { entries } = await readPage(this.#log, request)
    return `${entries.map(({ json }) => json).join('\n')}\n`
  }

  /** Notes where a segment lies; answers which key nobody needs any more. */
  markArchived(first: number, version: number, key: string): string | undefined {
    if (!this.#isWanted(first, version)) return key === this.#keyOf(first) ? undefined : key
    const obsolete = this.#keyOf(first)
    this.#sql.exec('UPDATE segments SET key = ?, announce_at = NULL WHERE first = ?', key, first)
    this.#lookAhead()
    this.#trim()
    return obsolete === key ? undefined : obsolete
  }

  /** Has every segment that holds one of these seqs written anew, without what is gone by now. */
  renew(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#sql.exec(
        'UPDATE segments SET version = version + 1, announce_at = ? WHERE first <= ? AND last >= ?',
        Date.now(),
        seq,
        seq,
      )
    }
    this.#lookAhead()
  }

  #lookAhead(): void {
    const { due } = this.#sql
      .exec<{ due: number | null }>('SELECT min(announce_at) AS due FROM segments')
      .one()
    this.#announceAt = due ?? undefined
  }

  #cutDue(): number | undefined {
    const open = this.#timeline.head - this.#cutTo
    if (open <= 0) return undefined
    this.#firstOpenAt ??= this.#timeline.at(this.#cutTo + 1)?.at
    if (this.#firstOpenAt === undefined) return undefined
    return open >= this.#policy.segmentEvents
      ? this.#firstOpenAt
      : this.#firstOpenAt + this.#policy.afterMs
  }

  #cut(now: number): boolean {
    let isCut = false
    while ((this.#cutDue() ?? Infinity) <= now) {
      const first = this.#cutTo + 1
      const last = Math.min(this.#cutTo + this.#policy.segmentEvents, this.#timeline.head)
      this.#sql.exec('INSERT INTO segments VALUES (?, ?, 1, NULL, ?)', first, last, now)
      this.#cutTo = last
      this.#firstOpenAt = undefined
      isCut = true
    }
    return isCut
  }

  // Deleting costs as much as writing, so it waits until a whole segment's worth has become old.
  #trim(): void {
    const { first } = this.#sql
      .exec<{ first: number | null }>('SELECT min(first) AS first FROM segments WHERE key IS NULL')
      .one()
    const archivedTo = first === null ? this.#cutTo : first - 1
    const limit = Math.min(archivedTo, this.#timeline.head - this.#policy.keepEvents)
    if (limit < this.#facts.trimmedTo + this.#policy.segmentEvents) return
    this.#timeline.trim(limit)
    this.#facts.trimTo(limit)
  }

  #isWanted(first: number, version: number): boolean {
    const row = this.#sql
      .exec('SELECT 1 FROM segments WHERE first = ? AND version = ?', first, version)
      .toArray()[0]
    return row !== undefined
  }

  #keyOf(first: number): string | undefined {
    const row = this.#sql
      .exec<SegmentRow>('SELECT * FROM segments WHERE first = ?', first)
      .toArray()[0]
    return row?.key ?? undefined
  }
}

type SegmentRow = {
  first: number
  last: number
  version: number
  key: string | null
  announce_at: number | null
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}
