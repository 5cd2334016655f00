import type { Gone, GroupEvent } from '../protocol/events.ts'
import type { Segments } from './segments.ts'
import { toEvent } from './stored-event.ts'
import type { StoredEvent } from './stored-event.ts'
import type { Timeline } from './timeline.ts'

/** An event without its text: what remains where something was taken back. The seq stays. */
export function blank(event: GroupEvent, gone: Gone): GroupEvent {
  switch (event.kind) {
    case 'message': {
      const { replyTo } = event.body
      return { ...event, body: { text: '', ...(replyTo !== undefined && { replyTo }), gone } }
    }
    case 'edited':
      return { ...event, body: { target: event.body.target, text: '', gone } }
    case 'reply.ended': {
      const { reply, status, source } = event.body
      return { ...event, body: { reply, status, text: '', source, gone } }
    }
    default:
      return event
  }
}

/**
 * Takes texts back ([P8]): out of recent storage at once, out of the archive by having its segments
 * written anew. Whatever quoted them word for word goes with them.
 */
export class Erasure {
  readonly #sql: SqlStorage
  readonly #timeline: Timeline
  readonly #segments: Segments

  constructor(sql: SqlStorage, timeline: Timeline, segments: Segments) {
    this.#sql = sql
    this.#timeline = timeline
    this.#segments = segments
  }

  isGone(seq: number): boolean {
    return this.#sql.exec('SELECT 1 FROM gone WHERE seq = ?', seq).toArray().length > 0
  }

  /** Notes that the reply which ended at `reply` quotes these lines. */
  noteQuotes(reply: number, quotes: readonly number[]): void {
    for (const source of quotes) {
      this.#sql.exec('INSERT OR IGNORE INTO quotes VALUES (?, ?)', source, reply)
    }
  }

  /** Where replies ended that quote the message at `seq`. */
  quoting(seq: number): readonly number[] {
    return this.#sql
      .exec<{ reply: number }>('SELECT reply FROM quotes WHERE source = ?', seq)
      .toArray()
      .map((row) => row.reply)
  }

  /**
   * Blanks the message at `target`, its edits, and the replies in `also`. Call it inside the
   * transaction that appends the event which says so.
   */
  take(target: number, author: string, reason: Gone, also: readonly number[]): void {
    const edits = this.#timeline.requestsAfter(target, 'edited', author)
    for (const seq of [target, ...also]) {
      this.#sql.exec('INSERT OR REPLACE INTO gone VALUES (?, ?)', seq, reason)
    }
    for (const seq of [target, ...edits, ...also]) {
      const event = this.#timeline.at(seq)
      if (event && (seq === target || also.includes(seq) || isEditOf(event, target))) {
        this.#timeline.rewrite(seq, JSON.stringify(blank(toEvent(event), reason).body))
      }
    }
    // Which of the author's archived edits meant this message is not known here; all are checked.
    this.#segments.renew([target, ...edits, ...also])
  }
}

function isEditOf(event: StoredEvent, target: number): boolean {
  const edit = toEvent(event)
  return edit.kind === 'edited' && edit.body.target === target
}
