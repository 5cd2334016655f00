/** What a member may do in a group, from most to least. Guests read. */
export const ROLES = ['owner', 'moderator', 'member', 'guest'] as const
export type Role = (typeof ROLES)[number]

/** The assistant's member id in every group. */
export const ASSISTANT = 'assistant'

/** How a reply ended; any of them is final ([P11]). */
export type ReplyStatus =
  | 'complete'
  | 'stopped'
  | 'interrupted'
  | 'failed'
  | 'filtered'
  | 'withdrawn'

/** Who produced a reply's text. */
export type ReplySource = 'model' | 'cache' | 'local'

/** What one model call used, in tokens. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface MessageBody {
  /** Empty when the text is `gone`. */
  readonly text: string
  /** The seq of the message that this one answers. */
  readonly replyTo?: number
  readonly mentions?: readonly string[]
  readonly attachments?: readonly string[]
  /** Why the text is no longer there; nothing brings it back but a `restored` event. */
  readonly gone?: Gone
}

export type Gone = 'recalled' | 'retracted' | 'erased'

/** What became of a membership. `denied`: a moderator did not let them in who waited for it. */
export type MemberChange =
  | 'joined'
  | 'denied'
  | 'left'
  | 'removed'
  | 'role'
  | 'renamed'
  | 'banned'
  | 'unbanned'
  | 'muted'
  | 'unmuted'

/** The body of each durable kind ([P5]: the only things with a seq). */
export interface EventBodies {
  readonly message: MessageBody
  readonly edited: { readonly target: number; readonly text: string; readonly gone?: Gone }
  /** `also` lists further events that lost their text with it: ends of replies that quoted it. */
  readonly recalled: { readonly target: number; readonly also?: readonly number[] }
  readonly retracted: {
    readonly target: number
    readonly rule: string
    readonly by: string
    readonly also?: readonly number[]
  }
  readonly restored: { readonly target: number }
  readonly reaction: { readonly target: number; readonly emoji: string; readonly on: boolean }
  readonly member: {
    readonly member: string
    readonly change: MemberChange
    readonly role: Role
    readonly name: string
    /** Of `muted`: until when, in milliseconds since 1970. */
    readonly until?: number
    /** Of `renamed`: the name before. */
    readonly formerly?: string
  }
  readonly settings: { readonly changed: Partial<GroupSettings & { readonly title: string }> }
  /** `again` names the reply that this one is another answer to. */
  readonly 'reply.started': {
    readonly to: string
    readonly trigger: number
    readonly again?: number
  }
  readonly 'reply.ended': {
    readonly reply: number
    readonly status: ReplyStatus
    readonly text: string
    readonly source: ReplySource
    readonly model?: string
    readonly usage?: Usage
    /** Seqs that the text quotes word for word. */
    readonly quotes?: readonly number[]
    readonly gone?: Gone
  }
}

export type EventKind = keyof EventBodies

/** An entry of a group's durable log. */
export type GroupEvent = {
  [Kind in EventKind]: {
    readonly seq: number
    /** Milliseconds since 1970; never less than the event before. */
    readonly at: number
    readonly kind: Kind
    /** The member it came from; `assistant` for the assistant. */
    readonly from: string
    /** The client's own id of the request that made it, where a frame did. */
    readonly id?: string
    readonly body: EventBodies[Kind]
  }
}[EventKind]

/** When the assistant speaks: never, or when it is addressed. */
export type SpeakMode = 'off' | 'mention'

/** What an invite is worth: a seat at once, or a place among those whom a moderator has to let in. */
export type JoinMode = 'open' | 'approval'

export interface GroupSettings {
  readonly mode: SpeakMode
  /** What the assistant is called here besides `@assistant` and `@助手`. */
  readonly assistantName: string
  readonly join: JoinMode
  /** Seconds between two messages of one member, moderators excepted; 0 for no slow mode. */
  readonly slowModeSeconds: number
}

/** The settings of a new group. */
export const DEFAULT_SETTINGS: GroupSettings = {
  mode: 'mention',
  assistantName: 'Assistant',
  join: 'open',
  slowModeSeconds: 0,
}

/** The longest slow mode that can be set, in seconds: six hours. */
export const SLOWEST_SECONDS = 21_600
