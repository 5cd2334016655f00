import type { EventKind, GroupEvent } from '../../protocol/events.ts'
import type { ServerFrame, Welcome } from '../../protocol/frames.ts'

/** An entry of a kind that this client does not know or cannot read. It only counts ([P10]). */
export interface ForeignEvent {
  readonly seq: number
  readonly at: number
  readonly kind: 'foreign'
  readonly from: string
}

/** An entry of a group's log as a client gets it, today's kinds and tomorrow's. */
export type LogEvent = GroupEvent | ForeignEvent

/** `welcome`, with the entries that this client can't read told apart. */
export type ReceivedWelcome = Omit<Welcome, 'events'> & { readonly events: readonly LogEvent[] }

/** Frames that say what happens now and are never fetched again. */
export type LiveFrame = Exclude<
  ServerFrame,
  { readonly type: 'welcome' | 'event' | 'page' | 'batch' | 'sync' | 'bye' }
>

export type ReceivedFrame =
  | ReceivedWelcome
  | { readonly type: 'event'; readonly event: LogEvent }
  | {
      readonly type: 'page'
      readonly id: string
      readonly events: readonly LogEvent[]
      readonly more: boolean
    }
  | { readonly type: 'batch'; readonly frames: readonly ReceivedFrame[] }
  | Extract<ServerFrame, { readonly type: 'sync' | 'bye' }>
  | LiveFrame

type Fields = Readonly<Record<string, unknown>>
type Shape = Readonly<Record<string, (value: unknown) => boolean>>

const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)
const isFlag = (value: unknown) => typeof value === 'boolean'
const isList = (value: unknown) => Array.isArray(value)
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const FRAMES: { readonly [Type in ServerFrame['type']]: Shape } = {
  welcome: {
    group: isFields,
    you: isFields,
    epoch: isText,
    head: isNumber,
    events: isList,
    replies: isList,
    online: isList,
    read: isFields,
    assistant: isFields,
  },
  event: {},
  ack: { id: isText, seq: (value) => value === null || isNumber(value) },
  refused: { code: isText, message: isText },
  delta: { reply: isNumber, run: isNumber, offset: isNumber, text: isText },
  snapshot: { reply: isNumber, run: isNumber, text: isText },
  page: { id: isText, events: isList, more: isFlag },
  typing: { from: isText, forMs: isNumber },
  presence: { on: isList, off: isList, count: isNumber },
  read: { from: isText, seq: isNumber },
  assistant: { state: isText },
  notice: { text: isText },
  waiting: { count: isNumber },
  sync: { n: isNumber },
  batch: { frames: isList },
  bye: { code: isNumber },
}

const BODIES: { readonly [Kind in EventKind]: Shape } = {
  message: { text: isText },
  edited: { target: isNumber, text: isText },
  recalled: { target: isNumber },
  retracted: { target: isNumber },
  restored: { target: isNumber },
  reaction: { target: isNumber, emoji: isText, on: isFlag },
  member: { member: isText, change: isText, role: isText },
  settings: { changed: isFields },
  'reply.started': { to: isText, trigger: isNumber },
  'reply.ended': { reply: isNumber, status: isText, text: isText, source: isText },
}

/** Makes a text frame from the server trustworthy; `null` for what this client can't read. */
export function parseServerFrame(raw: string): ReceivedFrame | null {
  try {
    return toFrame(JSON.parse(raw))
  } catch {
    return null
  }
}

function toFrame(value: unknown): ReceivedFrame | null {
  if (!isFields(value) || !isFrameType(value['type']) || !fits(value, FRAMES[value['type']])) {
    return null
  }
  if (value['type'] === 'event') {
    const event = toLogEvent(value)
    return event && { type: 'event', event }
  }
  if (value['type'] === 'batch') return { type: 'batch', frames: known(value['frames'], toFrame) }
  const frame = 'events' in value ? { ...value, events: known(value['events'], toLogEvent) } : value
  return isReceived(frame) ? frame : null
}

/** Reads one entry of the log, wherever it came from; `null` where it has not even a place in it. */
function toLogEvent(value: unknown): LogEvent | null {
  if (isGroupEvent(value)) return value
  if (!isFields(value)) return null
  const { seq, at, from } = value
  if (typeof seq !== 'number') return null
  return { seq, at: Number(at) || 0, kind: 'foreign', from: String(from) }
}

function isFrameType(type: unknown): type is ServerFrame['type'] {
  return typeof type === 'string' && Object.hasOwn(FRAMES, type)
}

// Its events and inner frames have been read one by one; the rest has the shape of its type.
function isReceived(frame: Fields): frame is Fields & ReceivedFrame {
  return isFrameType(frame['type']) && fits(frame, FRAMES[frame['type']])
}

function isGroupEvent(value: unknown): value is GroupEvent {
  if (!isFields(value) || !isKind(value['kind']) || !isFields(value['body'])) return false
  const { seq, at, from, kind, body } = value
  return isNumber(seq) && isNumber(at) && isText(from) && fits(body, BODIES[kind])
}

function isKind(kind: unknown): kind is EventKind {
  return typeof kind === 'string' && Object.hasOwn(BODIES, kind)
}

function known<T>(values: unknown, read: (value: unknown) => T | null): readonly T[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : []
  return list.map(read).filter((value) => value !== null)
}

function fits(fields: Fields, shape: Shape): boolean {
  return Object.entries(shape).every(([name, is]) => is(fields[name]))
}
