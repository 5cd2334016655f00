import type { RefusalCode } from './codes.ts'
import type { GroupEvent, GroupSettings, Role } from './events.ts'
import type { Limits } from './limits.ts'

/** The sub-protocol that a server selects ([P2]) and the version inside `welcome`. */
export const SUBPROTOCOL = 'parley.v1'
export const PROTOCOL_VERSION = 1

/** What a client may send. `id` is the client's own name for its request. */
export type ClientFrame =
  | SayFrame
  | { readonly type: 'edit'; readonly id: string; readonly target: number; readonly text: string }
  | { readonly type: 'recall'; readonly id: string; readonly target: number }
  | ReactFrame
  | { readonly type: 'stop'; readonly id: string; readonly reply: number }
  | { readonly type: 'again'; readonly id: string; readonly reply: number }
  | FetchFrame
  | { readonly type: 'read'; readonly seq: number }
  | { readonly type: 'typing'; readonly on: boolean }
  | { readonly type: 'synced'; readonly n: number }

export interface SayFrame {
  readonly type: 'say'
  readonly id: string
  readonly text: string
  readonly mentions?: readonly string[]
  readonly replyTo?: number
  readonly attachments?: readonly string[]
}

export interface ReactFrame {
  readonly type: 'react'
  readonly id: string
  readonly target: number
  readonly emoji: string
  readonly on: boolean
}

/** Asks for events after or before a seq; with neither, for the newest. */
export interface FetchFrame {
  readonly type: 'fetch'
  readonly id: string
  readonly after?: number
  readonly before?: number
  readonly limit: number
}

export type AssistantState = 'ok' | 'slow' | 'local' | 'resting'

/** A reply that is being written, as a connection that opens now needs it ([P12]). */
export interface ReplySnapshot {
  readonly reply: number
  readonly run: number
  readonly text: string
}

export interface Welcome {
  readonly type: 'welcome'
  readonly protocol: typeof PROTOCOL_VERSION
  readonly group: { readonly id: string; readonly title: string; readonly settings: GroupSettings }
  readonly you: {
    readonly id: string
    readonly name: string
    readonly role: Role
    /** Names this connection, so that it can be renewed when its session is. */
    readonly connection: string
    /** When the session behind this connection ends, and it with it, in milliseconds since 1970. */
    readonly expiresAt: number
    /** Until when one may not speak, in milliseconds since 1970; absent when one may. */
    readonly mutedUntil?: number
  }
  /** How many wait to be let in; only moderators are told. */
  readonly waiting?: number
  readonly epoch: string
  readonly head: number
  readonly mode: 'snapshot' | 'resumed' | 'reset'
  readonly events: readonly GroupEvent[]
  readonly more: boolean
  readonly replies: readonly ReplySnapshot[]
  readonly online: readonly string[]
  readonly read: Readonly<Record<string, number>>
  readonly assistant: {
    readonly state: AssistantState
    readonly reason?: string
    /** With `resting`: when a model may be asked again, in milliseconds since 1970. */
    readonly retryAt?: number
  }
  readonly heartbeatMs: number
  readonly limits: Limits
}

/** What a server sends. Only `event` is durable; everything else may be missed without harm. */
export type ServerFrame =
  | Welcome
  | ({ readonly type: 'event' } & GroupEvent)
  | {
      readonly type: 'ack'
      readonly id: string
      /** `null` for a command, which the log never sees ([P24]). */
      readonly seq: number | null
      readonly at: number
      readonly duplicate: boolean
    }
  | {
      readonly type: 'refused'
      readonly id: string | null
      readonly code: RefusalCode
      readonly message: string
      readonly retryAfterMs?: number
    }
  | {
      readonly type: 'delta'
      readonly reply: number
      readonly run: number
      /** UTF-16 units of the reply's text before this piece. */
      readonly offset: number
      readonly text: string
    }
  | ({ readonly type: 'snapshot' } & ReplySnapshot)
  | {
      readonly type: 'page'
      readonly id: string
      readonly events: readonly GroupEvent[]
      readonly more: boolean
    }
  | { readonly type: 'typing'; readonly from: string; readonly forMs: number }
  | {
      readonly type: 'presence'
      readonly on: readonly string[]
      readonly off: readonly string[]
      readonly count: number
    }
  | { readonly type: 'read'; readonly from: string; readonly seq: number }
  | {
      readonly type: 'assistant'
      readonly state: AssistantState
      readonly reason?: string
      readonly retryAt?: number
    }
  | { readonly type: 'notice'; readonly text: string; readonly about?: number }
  /** How many wait to be let in; only moderators are told. */
  | { readonly type: 'waiting'; readonly count: number }
  | { readonly type: 'sync'; readonly n: number }
  | { readonly type: 'batch'; readonly frames: readonly ServerFrame[] }
  | {
      readonly type: 'bye'
      readonly code: number
      readonly retry: boolean
      readonly afterMs?: number
    }
