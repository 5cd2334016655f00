import type { LogEvent, ReceivedWelcome } from '../../../src/client/link/received.ts'
import type { EventBodies, EventKind } from '../../../src/protocol/events.ts'
import { DEFAULT_SETTINGS } from '../../../src/protocol/events.ts'
import { DEFAULT_LIMITS } from '../../../src/protocol/limits.ts'

/** An entry of a log, with everything that does not matter filled in. */
export function event<Kind extends EventKind>(
  seq: number,
  kind: Kind,
  body: EventBodies[Kind],
  more?: { readonly from?: string; readonly id?: string; readonly at?: number },
): LogEvent
export function event(seq: number, kind: string, body: object, more: object = {}): unknown {
  return { seq, at: 1_000 + seq, from: 'm_ada', kind, body, ...more }
}

/** The frame that brings an entry to a client. */
export function eventFrame(entry: LogEvent): object {
  return { type: 'event', ...entry }
}

/** A message that says nothing but its number. */
export function message(seq: number, text = `message ${seq}`): LogEvent {
  return event(seq, 'message', { text })
}

/** Messages from one seq to another, both included. */
export function messages(from: number, to: number): readonly LogEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(from + index))
}

/** A welcome to a group whose log ends at `head`. */
export function welcome(head: number, more: Partial<ReceivedWelcome> = {}): ReceivedWelcome {
  return {
    type: 'welcome',
    protocol: 1,
    group: {
      id: 'g_lobby',
      title: 'Lobby',
      settings: DEFAULT_SETTINGS,
    },
    you: { id: 'm_ada', name: 'Ada', role: 'member', connection: 'c_1', expiresAt: 9e12 },
    epoch: 'e_1',
    head,
    mode: 'snapshot',
    events: messages(1, head),
    more: false,
    replies: [],
    online: ['m_ada'],
    read: {},
    assistant: { state: 'ok' },
    heartbeatMs: 30_000,
    limits: DEFAULT_LIMITS,
    ...more,
  }
}
