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
  if (!isFields(value)) return null
  const type = value['type']
  if (typeof type !== 'string' || !Object.hasOwn(FRAMES, type)) return null
  if (!fits(value, FRAMES[type as ServerFrame['type']])) return null
  if (type === 'event') {
    const event = toLogEvent(value)
    return event && { type, event }
  }
  if (type === 'batch') return { type, frames: known(value['frames'], toFrame) }
  if (type === 'welcome' || type === 'page') {
    const events = known(value['events'], toLogEvent)
    return { ...value, events } as unknown as ReceivedFrame
  }
  return value as unknown as ReceivedFrame
}

/** Reads one entry of the log, wherever it came from; `null` where it has not even a place in it. */
export function toLogEvent(value: unknown): LogEvent | null {
  if (!isFields(value)) return null
  const { seq, at, kind, from, body } = value
  if (typeof seq !== 'number' || typeof kind !== 'string') return null
  if (isFields(body) && Object.hasOwn(BODIES, kind) && fits(body, BODIES[kind as EventKind])) {
    return value as unknown as GroupEvent
  }
  return { seq, at: Number(at) || 0, kind: 'foreign', from: String(from) }
}

function known<T>(values: unknown, read: (value: unknown) => T | null): readonly T[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : []
  return list.map(read).filter((value) => value !== null)
}

function fits(fields: Fields, shape: Shape): boolean {
  return Object.entries(shape).every(([name, is]) => is(fields[name]))
}
