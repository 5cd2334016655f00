import type { EventKind, GroupEvent } from '../protocol/events.ts'

/** An event as it lies in storage: its body still encoded. */
export interface StoredEvent {
  readonly seq: number
  readonly at: number
  readonly kind: EventKind
  readonly from: string
  readonly id: string | undefined
  readonly body: string
}

/** The columns that make a stored event. */
export const SELECT_EVENT = 'SELECT seq, at, kind, author, request, body FROM events'

/** A row that `SELECT_EVENT` gives. */
export type EventRow = {
  seq: number
  at: number
  kind: EventKind
  author: string
  request: string | null
  body: string
}

/** An event out of its row. */
export function toStored({ seq, at, kind, author, request, body }: EventRow): StoredEvent {
  return { seq, at, kind, from: author, id: request ?? undefined, body }
}

/** An event as it goes over the wire, encoded once for everyone. */
export function encodeEvent(event: StoredEvent): string {
  return `{"type":"event",${encodeFields(event)}`
}

/** An event as it stands in a page or a segment, without the frame's type. */
export function encodeEntry(event: StoredEvent): string {
  return `{${encodeFields(event)}`
}

/** A stored event as a value. */
export function toEvent(event: StoredEvent): GroupEvent {
  const value: GroupEvent = JSON.parse(encodeEntry(event))
  return value
}

function encodeFields({ seq, at, kind, from, id, body }: StoredEvent): string {
  const request = id === undefined ? '' : `"id":${JSON.stringify(id)},`
  return `"seq":${seq},"at":${at},"kind":"${kind}","from":"${from}",${request}"body":${body}}`
}
