import { ArchiveError } from '../history/archive.ts'
import type { Archive } from '../history/archive.ts'
import type { Entry, EntrySource } from '../history/pages.ts'
import type { Gone, GroupEvent } from '../protocol/events.ts'
import { blank } from './erasure.ts'
import type { Facts } from './facts.ts'
import { encodeEntry } from './stored-event.ts'
import type { StoredEvent } from './stored-event.ts'
import type { Timeline } from './timeline.ts'

/** Recent events that are read at a time. */
const CHUNK_EVENTS = 200

/** Walks archive and recent storage as one log ([P9]). */
export class LogWalk implements EntrySource {
  readonly #sql: SqlStorage
  readonly #timeline: Timeline
  readonly #facts: Facts
  readonly #archive: Archive

  constructor(sql: SqlStorage, timeline: Timeline, facts: Facts, archive: Archive) {
    this.#sql = sql
    this.#timeline = timeline
    this.#facts = facts
    this.#archive = archive
  }

  async *after(from: number): AsyncGenerator<Entry> {
    let seq = from
    while (seq < this.#facts.trimmedTo) {
      const entries = await this.#archived(seq + 1)
      for (const entry of entries) if (entry.seq > seq) yield entry
      seq = entries.at(-1)?.seq ?? seq
    }
    for (;;) {
      const chunk = this.#timeline.after(seq, CHUNK_EVENTS)
      for (const event of chunk) yield toEntry(event)
      seq = chunk.at(-1)?.seq ?? seq
      if (chunk.length < CHUNK_EVENTS) return
    }
  }

  async *before(from: number): AsyncGenerator<Entry> {
    let seq = Math.min(from, this.#timeline.head + 1)
    while (seq > this.#facts.trimmedTo + 1) {
      const chunk = [...this.#timeline.before(seq, CHUNK_EVENTS)]
      for (const event of chunk) yield toEntry(event)
      seq = chunk.at(-1)?.seq ?? this.#facts.trimmedTo + 1
    }
    while (seq > 1) {
      const entries = await this.#archived(seq - 1)
      // A segment may reach into what recent storage still holds and has given already.
      for (const entry of entries.toReversed()) if (entry.seq < seq) yield entry
      seq = entries[0]?.seq ?? 1
    }
  }

  // Texts that were taken back after the segment was written are left out here as well.
  async #archived(seq: number): Promise<readonly Entry[]> {
    const events = await this.#read(seq)
    if (events.every((event) => event.seq !== seq)) {
      throw new ArchiveError('a segment does not hold the event that the log looks for in it')
    }
    return events.map((event) => ({ seq: event.seq, json: JSON.stringify(this.#visible(event)) }))
  }

  // A segment that is written anew meanwhile lies under another key.
  async #read(seq: number): Promise<readonly GroupEvent[]> {
    const key = this.#keyOf(seq)
    try {
      return await this.#archive.read(key)
    } catch (fault) {
      const now = this.#keyOf(seq)
      if (now === key) throw fault
      return this.#archive.read(now)
    }
  }

  #keyOf(seq: number): string {
    const row = this.#sql
      .exec<{ key: string | null }>(
        'SELECT key FROM segments WHERE first <= ? ORDER BY first DESC LIMIT 1',
        seq,
      )
      .toArray()[0]
    if (row?.key == null) throw new ArchiveError('no segment holds an event that was trimmed')
    return row.key
  }

  #visible(event: GroupEvent): GroupEvent {
    const subject = event.kind === 'edited' ? event.body.target : event.seq
    const row = this.#sql
      .exec<{ reason: Gone }>('SELECT reason FROM gone WHERE seq = ?', subject)
      .toArray()[0]
    return row ? blank(event, row.reason) : event
  }
}

function toEntry(event: StoredEvent): Entry {
  return { seq: event.seq, json: encodeEntry(event) }
}
