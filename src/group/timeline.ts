import type { EventBodies, EventKind } from '../protocol/events.ts'
import { SELECT_EVENT as SELECT, toStored } from './stored-event.ts'
import type { EventRow, StoredEvent } from './stored-event.ts'

/** What is to become an event. The timeline gives it its seq and its time. */
export type NewEvent = {
  [Kind in EventKind]: {
    readonly kind: Kind
    readonly from: string
    readonly body: EventBodies[Kind]
    /** The client's request that it answers, with a print of its content. */
    readonly request?: { readonly id: string; readonly print: string }
    /** Where the author's pace stands after it; see `Pace`. */
    readonly pace?: number
    /** What the chain decided, for `/why`. */
    readonly trace?: string
  }
}[EventKind]

/** What a request that came before became. */
export interface KnownRequest {
  /** Its event; `null` where it asked for something that is no event of its own. */
  readonly seq: number | null
  readonly at: number
  readonly print: string
}

/**
 * The recent part of a group's log, in SQLite. It hands out seqs itself: AUTOINCREMENT would burn one
 * on every duplicate, and a hole looks like a lost message to a client. Two rows are written per
 * message, the event and its request, and nothing else.
 */
export class Timeline {
  readonly #storage: DurableObjectStorage
  readonly #sql: SqlStorage
  #head: number
  #lastAt: number

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#sql = storage.sql
    const last = this.#sql
      .exec<{ seq: number; at: number }>('SELECT seq, at FROM events ORDER BY seq DESC LIMIT 1')
      .toArray()[0]
    this.#head = last?.seq ?? 0
    this.#lastAt = last?.at ?? 0
  }

  /** The newest seq; 0 in an empty log. */
  get head(): number {
    return this.#head
  }

  /** The time of the newest event, in milliseconds since 1970; 0 in an empty log. */
  get lastAt(): number {
    return this.#lastAt
  }

  /**
   * Appends an event, durable before anything that is sent from now on leaves the object. `also`
   * writes what must be true together with it. If anything throws, nothing of the event remains.
   */
  append(event: NewEvent, also?: (seq: number) => void): StoredEvent {
    const seq = this.#head + 1
    const at = Math.max(Date.now(), this.#lastAt)
    const body = JSON.stringify(event.body)
    if (also) {
      this.#storage.transactionSync(() => {
        this.#write(event, seq, at, body)
        also(seq)
      })
    } else {
      this.#write(event, seq, at, body)
    }
    this.#head = seq
    this.#lastAt = at
    return { seq, at, kind: event.kind, from: event.from, id: event.request?.id, body }
  }

  // What a turn writes before it waits for anything becomes durable together anyway. A transaction
  // around it is flushed to disk by itself, and a thousand messages a second then wait many times as
  // long (docs/decisions/0002), so here the first row is taken back by hand if the second fails.
  #write({ kind, from, request, pace, trace }: NewEvent, seq: number, at: number, body: string) {
    if (request) {
      this.#sql.exec(
        'INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?)',
        from,
        request.id,
        seq,
        at,
        kind,
        request.print,
      )
    }
    try {
      this.#sql.exec(
        'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        seq,
        at,
        kind,
        from,
        request?.id ?? null,
        body,
        pace ?? null,
        trace ?? null,
      )
    } catch (fault) {
      if (request) {
        this.#sql.exec('DELETE FROM requests WHERE author = ? AND id = ?', from, request.id)
      }
      throw fault
    }
  }

  /** What a member's request became, however long ago ([P7]). */
  request(author: string, id: string): KnownRequest | undefined {
    return this.#sql
      .exec<{ seq: number | null; at: number; print: string }>(
        `SELECT CASE kind WHEN 'again' THEN NULL ELSE seq END AS seq, at, print
           FROM requests WHERE author = ? AND id = ?`,
        author,
        id,
      )
      .toArray()[0]
  }

  /** Remembers a wish for another answer to the message at `seq`, together with what `also` writes. */
  rememberAgain(
    author: string,
    request: { readonly id: string; readonly print: string },
    seq: number,
    also: () => void,
  ): void {
    const { id, print } = request
    this.#storage.transactionSync(() => {
      this.#sql.exec(
        `INSERT INTO requests VALUES (?, ?, ?, ?, 'again', ?)`,
        author,
        id,
        seq,
        Date.now(),
        print,
      )
      also()
    })
  }

  /** When a member last made a request of this kind, however long ago. */
  lastRequestAt(author: string, kind: EventKind): number | undefined {
    const { at } = this.#sql
      .exec<{ at: number | null }>(
        'SELECT max(at) AS at FROM requests WHERE author = ? AND kind = ?',
        author,
        kind,
      )
      .one()
    return at ?? undefined
  }

  /** Whether `seq` was a request of this kind, by this author where one is named. */
  wasRequest(seq: number, kind: EventKind, author?: string): boolean {
    if (seq > this.#head) return false
    const made = this.at(seq)
    if (made) return made.kind === kind && (author ?? made.from) === made.from
    // Only the archive holds it: a look at every request, or at each of its author's.
    const rows =
      author === undefined
        ? this.#sql.exec('SELECT 1 FROM requests WHERE seq = ? AND kind = ?', seq, kind)
        : this.#sql.exec(
            'SELECT 1 FROM requests WHERE author = ? AND seq = ? AND kind = ?',
            author,
            seq,
            kind,
          )
    return rows.toArray().length > 0
  }

  /** Who made the event at `seq`, also when only the archive still holds it. */
  authorOf(seq: number): string | undefined {
    const made = this.#sql
      .exec<{ author: string }>('SELECT author FROM events WHERE seq = ?', seq)
      .toArray()[0]
    if (made) return made.author
    return this.#sql
      .exec<{ author: string }>('SELECT author FROM requests WHERE seq = ?', seq)
      .toArray()[0]?.author
  }

  /** Seqs of a member's requests of one kind after `seq`; their events may be archived. */
  requestsAfter(seq: number, kind: EventKind, author: string): readonly number[] {
    return this.#sql
      .exec<{ seq: number }>(
        'SELECT seq FROM requests WHERE author = ? AND kind = ? AND seq > ?',
        author,
        kind,
        seq,
      )
      .toArray()
      .map((row) => row.seq)
  }

  /** The event at `seq`, while recent storage holds it. */
  at(seq: number): StoredEvent | undefined {
    return this.#sql.exec<EventRow>(`${SELECT} WHERE seq = ?`, seq).toArray().map(toStored)[0]
  }

  /** Events after `seq`, ascending. */
  after(seq: number, count: number): readonly StoredEvent[] {
    return this.#sql
      .exec<EventRow>(`${SELECT} WHERE seq > ? ORDER BY seq LIMIT ?`, seq, count)
      .toArray()
      .map(toStored)
  }

  /** Events before `seq`, newest first. They are read as they are taken, so a taker may stop. */
  *before(seq: number, count: number): Generator<StoredEvent> {
    const rows = this.#sql.exec<EventRow>(
      `${SELECT} WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
      seq,
      count,
    )
    for (const row of rows) yield toStored(row)
  }

  /** The event that ended a reply, while recent storage holds it. */
  endOf(reply: number): StoredEvent | undefined {
    const ended = `kind = 'reply.ended' AND json_extract(body, '$.reply') = ?`
    return this.#sql
      .exec<EventRow>(`${SELECT} WHERE seq > ? AND ${ended} ORDER BY seq LIMIT 1`, reply, reply)
      .toArray()
      .map(toStored)[0]
  }

  /** The newest wording of an edited message, while recent storage holds it. */
  newestEdit(target: number): string | undefined {
    const edit = `kind = 'edited' AND json_extract(body, '$.target') = ?`
    const row = this.#sql
      .exec<{ text: string }>(
        `SELECT json_extract(body, '$.text') AS text FROM events
         WHERE seq > ? AND ${edit} ORDER BY seq DESC LIMIT 1`,
        target,
        target,
      )
      .toArray()[0]
    return row?.text
  }

  /** Where each author's pace stood after their newest event since `at`. */
  pacesSince(at: number): ReadonlyMap<string, number> {
    const paces = new Map<string, number>()
    const rows = this.#sql.exec<{ author: string; at: number; pace: number | null }>(
      'SELECT author, at, pace FROM events ORDER BY seq DESC',
    )
    for (const row of rows) {
      if (row.at < at) break
      if (row.pace !== null && !paces.has(row.author)) paces.set(row.author, row.pace)
    }
    return paces
  }

  /** What the chain decided about the message at `seq`. */
  trace(seq: number): string | undefined {
    const row = this.#sql
      .exec<{ trace: string | null }>('SELECT trace FROM events WHERE seq = ?', seq)
      .toArray()[0]
    return row?.trace ?? undefined
  }

  explain(seq: number, trace: string): void {
    this.#sql.exec('UPDATE events SET trace = ? WHERE seq = ?', trace, seq)
  }

  /** Puts another body in an event's place: the one way in which what was said is unsaid. */
  rewrite(seq: number, body: string): void {
    this.#sql.exec('UPDATE events SET body = ? WHERE seq = ?', body, seq)
  }

  /** Gives up events that the archive holds. */
  trim(seq: number): void {
    this.#sql.exec('DELETE FROM events WHERE seq <= ?', seq)
  }
}
