import { readPage } from '../history/pages.ts'
import type { EntrySource } from '../history/pages.ts'
import type { Counters } from '../ops/metrics.ts'
import type { Refusal } from '../protocol/codes.ts'
import { CLOSE } from '../protocol/codes.ts'
import type { ClientFrame, FetchFrame } from '../protocol/frames.ts'
import { SERVER_FRAME_BYTES } from '../protocol/limits.ts'
import type { Limits } from '../protocol/limits.ts'
import { parseClientFrame } from '../protocol/parse.ts'
import { FRAME_ACTIONS, may } from '../protocol/permissions.ts'
import type { Connection } from './connections.ts'
import type { Presence } from './presence.ts'
import { refuse } from './refuse.ts'
import type { Requests } from './requests.ts'
import type { Person, Roster } from './roster.ts'
import type { Sessions } from './sessions.ts'
import type { Timeline } from './timeline.ts'

/** How often a reading position is written down while a connection stays open, in milliseconds. */
const KEEP_READ_MS = 30_000

/** What a `page` frame has around its events. */
const PAGE_BYTES = 256

/** What the frames' handling needs of the room around it. */
export interface FrameParts {
  readonly timeline: Timeline
  readonly roster: Roster
  readonly presence: Presence
  readonly sessions: Sessions
  readonly log: EntrySource
  readonly requests: Requests
  readonly limits: Limits
  readonly counters: Counters
}

/** Takes what connections send: parses it, and answers or passes it on ([P21]). */
export class Frames {
  readonly #parts: FrameParts
  readonly #readKeptAt = new Map<string, number>()

  constructor(parts: FrameParts) {
    this.#parts = parts
  }

  /**
   * Handles one frame. What changes the log has happened when this returns its promise; the rest
   * (a page from the archive, an answer) comes in its own time.
   */
  async take(connection: Connection, raw: string | ArrayBuffer): Promise<void> {
    // A client may take its time to notice that it was closed.
    if (connection.isOver) return
    const now = Date.now()
    // The alarm may be late; nothing is done under a session that is over.
    if (connection.expiresAt <= now) return this.#parts.sessions.end(connection)
    connection.heard(now)
    // The runtime answers a ping by itself; a pong of the client's only says that it is there.
    if (raw === 'pong') return
    if (typeof raw !== 'string') {
      connection.close(CLOSE.binaryData, 'frames are text')
      return
    }
    const parsed = parseClientFrame(raw, this.#parts.limits)
    if (!parsed.ok) {
      this.#refuse(connection, parsed.id, parsed.refusal)
      if (connection.strike(now)) connection.close(CLOSE.protocolViolation, 'too many bad frames')
      return
    }
    const { frame } = parsed
    const id = 'id' in frame ? frame.id : null
    const isHint = !('id' in frame) || frame.type === 'fetch'
    if (isHint && this.#calm(connection, now)) return
    const { timeline } = this.#parts
    const before = timeline.head
    const handled = this.#handle(connection, frame, now)
    // Refused, a command, or the same once more: whatever it was, the log is as it was.
    const isVain = !isHint && timeline.head === before
    const refusal = await handled
    if (isVain && this.#calm(connection, now)) return
    if (refusal) this.#refuse(connection, id, refusal)
  }

  // Sends a connection away for a while that floods the group with what changes nothing.
  #calm(connection: Connection, now: number): boolean {
    if (!connection.floods(now)) return false
    connection.tell({ type: 'bye', code: CLOSE.tooFast, retry: true })
    connection.close(CLOSE.tooFast, 'too many frames')
    return true
  }

  // No `async` here: up to the append, everything runs in the turn in which the frame came.
  #handle(
    connection: Connection,
    frame: ClientFrame,
    now: number,
  ): Promise<Refusal | undefined> | Refusal | undefined {
    const person = this.#parts.roster.member(connection.member)
    if (!person) return refuse('forbidden', 'you are not in this group')
    if (!may(person.role, FRAME_ACTIONS[frame.type])) {
      return refuse('forbidden', 'your role here does not allow that')
    }
    switch (frame.type) {
      case 'read':
        return this.#read(connection, person, frame.seq, now)
      case 'typing':
        this.#parts.presence.typing(person.id, frame.on, now)
        return undefined
      case 'synced':
        return undefined
      case 'fetch':
        return this.#fetch(connection, frame)
      default:
        return this.#parts.requests.take(connection, person, frame, now)
    }
  }

  #read(connection: Connection, person: Person, seq: number, now: number): Refusal | undefined {
    const { timeline, presence, roster } = this.#parts
    if (seq > timeline.head) return refuse('not_found', 'nothing that new has been said')
    if (seq <= Math.max(connection.readSeq, person.readSeq)) return undefined
    connection.read(seq)
    presence.read(person.id, seq)
    if (now - (this.#readKeptAt.get(person.id) ?? 0) >= KEEP_READ_MS) {
      this.#readKeptAt.set(person.id, now)
      roster.change(person, { readSeq: seq })
    }
    return undefined
  }

  async #fetch(connection: Connection, frame: FetchFrame): Promise<Refusal | undefined> {
    const { id, ...request } = frame
    const bytes = SERVER_FRAME_BYTES - PAGE_BYTES
    const { entries, more } = await readPage(this.#parts.log, { ...request, bytes })
    const events = entries.map(({ json }) => json).join(',')
    connection.send(`{"type":"page","id":"${id}","events":[${events}],"more":${more}}`)
    return undefined
  }

  #refuse(connection: Connection, id: string | null, refusal: Refusal): void {
    this.#parts.counters.count('refusals')
    connection.tell({ type: 'refused', id, ...refusal })
  }
}
