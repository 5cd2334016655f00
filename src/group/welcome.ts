import { cutPage } from '../history/pages.ts'
import type { EncodedPage, Entry } from '../history/pages.ts'
import type { AssistantState, Welcome } from '../protocol/frames.ts'
import { PROTOCOL_VERSION } from '../protocol/frames.ts'
import {
  HEARTBEAT_MS,
  RESUME_EVENTS,
  SERVER_FRAME_BYTES,
  SNAPSHOT_EVENTS,
} from '../protocol/limits.ts'
import type { Limits } from '../protocol/limits.ts'
import { may } from '../protocol/permissions.ts'
import type { Connection, Connections } from './connections.ts'
import type { Facts } from './facts.ts'
import type { Replies } from './replies.ts'
import type { Person, Roster } from './roster.ts'
import { encodeEntry } from './stored-event.ts'
import type { StoredEvent } from './stored-event.ts'
import type { Timeline } from './timeline.ts'

/** Names that `online` and `read` hold at most; a larger group has its counts from `presence`. */
const MOST_NAMES = 500

/** Where a client says that it stands. */
export interface Position {
  readonly since: number | undefined
  readonly epoch: string | undefined
}

/** What a welcome is made of. */
export interface WelcomeParts {
  readonly facts: Facts
  readonly timeline: Timeline
  readonly roster: Roster
  readonly connections: Connections
  readonly replies: Replies
  readonly limits: Limits
  /** How the assistant is. */
  readonly condition: { readonly state: AssistantState; readonly reason?: string }
}

/** The first frame of a connection ([P3], [P4]), encoded. It never waits for anything. */
export function encodeWelcome(
  parts: WelcomeParts,
  you: Person,
  connection: Connection,
  position: Position,
): string {
  const { facts, timeline, roster, connections, replies } = parts
  const mode = modeOf(position, facts.epoch, timeline.head)
  const online = [...connections.present(Date.now())].slice(0, MOST_NAMES)
  const read = online.flatMap((id) => {
    const seq = readSeqOf(id, parts)
    return seq > 0 && roster.member(id) ? [[id, seq] as const] : []
  })
  const frame: Omit<Welcome, 'events' | 'more'> = {
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    group: { id: facts.id, title: facts.title, settings: facts.settings },
    you: {
      id: you.id,
      name: you.name,
      role: you.role,
      connection: connection.id,
      expiresAt: connection.expiresAt,
      ...(you.mutedUntil > Date.now() && { mutedUntil: you.mutedUntil }),
    },
    ...(may(you.role, 'admit') && { waiting: roster.waiting() }),
    epoch: facts.epoch,
    head: timeline.head,
    mode,
    replies: replies.snapshots(),
    online,
    read: Object.fromEntries(read),
    assistant: parts.condition,
    heartbeatMs: HEARTBEAT_MS,
    limits: parts.limits,
  }
  const head = JSON.stringify(frame)
  const room = SERVER_FRAME_BYTES - new TextEncoder().encode(head).byteLength - 64
  const { entries, more } = catchUp(parts, mode, position.since ?? 0, room)
  const events = entries.map(({ json }) => json).join(',')
  return `${head.slice(0, -1)},"events":[${events}],"more":${more}}`
}

/** How far a member has read: what a connection of theirs said last, or what storage knows. */
export function readSeqOf(
  member: string,
  { connections, roster }: Pick<WelcomeParts, 'connections' | 'roster'>,
): number {
  const said = connections.ofMember(member).map(({ readSeq }) => readSeq)
  return Math.max(roster.known(member)?.readSeq ?? 0, ...said)
}

function modeOf({ since, epoch }: Position, current: string, head: number): Welcome['mode'] {
  if (since === undefined) return 'snapshot'
  return epoch === current && since <= head ? 'resumed' : 'reset'
}

// What only the archive holds is left to `fetch`: an empty list with `more`.
function catchUp(
  { facts, timeline }: WelcomeParts,
  mode: Welcome['mode'],
  since: number,
  bytes: number,
): EncodedPage {
  if (mode !== 'resumed') {
    const page = cutPage(entriesOf(timeline.before(Number.MAX_SAFE_INTEGER, SNAPSHOT_EVENTS + 1)), {
      limit: SNAPSHOT_EVENTS,
      bytes,
    })
    return { ...page, more: (page.entries[0]?.seq ?? 1) > 1 }
  }
  if (since < facts.trimmedTo) return { entries: [], more: true }
  const recent = entriesOf(timeline.after(since, RESUME_EVENTS + 1))
  return cutPage(recent, { after: since, limit: RESUME_EVENTS, bytes })
}

function* entriesOf(events: Iterable<StoredEvent>): Generator<Entry> {
  for (const event of events) yield { seq: event.seq, json: encodeEntry(event) }
}
