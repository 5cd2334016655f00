import type { Intent } from '../model/ask.ts'
import type { Refusal } from '../protocol/codes.ts'
import type { GroupSettings } from '../protocol/events.ts'

/** How a message turned to the assistant: by its name, or by answering one of its replies. */
export type Address = 'mention' | 'reply'

/** What moderation decided about a message, and by which rule. */
export type Verdict =
  | { readonly kind: 'allow' }
  | { readonly kind: 'unjudged'; readonly why: 'no_judge' | 'judge_failed' }
  | { readonly kind: 'retract'; readonly rule: string }

/** Who takes the turn next, and why: the answer to `/why`. */
export type Route =
  | { readonly to: 'nobody'; readonly why: Quiet }
  | { readonly to: 'assistant'; readonly why: Address }

/** Why the assistant kept quiet. */
export type Quiet =
  | 'not_addressed'
  | 'mode_off'
  | 'edited'
  | 'retracted'
  | 'too_many_replies'
  | 'hour_quota'
  | 'day_quota'
  | 'deployment_quota'
  | 'purse_unreachable'

/** What `publish` made of a message: an event of the log. */
export interface Published {
  readonly seq: number
  readonly at: number
}

/**
 * One message on its way through the chain, and what has been learned about it. Handlers that run
 * side by side write different fields.
 */
export interface Turn {
  readonly kind: 'say' | 'edit'
  /** The client's own id of its request. */
  readonly id: string
  readonly from: string
  readonly fromName: string
  readonly settings: GroupSettings
  /** The message that this one answers; of an edit, the message that changes. */
  readonly replyTo?: number
  readonly target?: number
  readonly attachments: readonly string[]
  /** Whether `replyTo` is one of the assistant's replies. */
  readonly answersAssistant: boolean
  /** The content as it came, by which a repeated request is told from another one. */
  readonly original: unknown
  /** Whether an id belongs to a member of the group. */
  isMember(id: string): boolean
  /** Tells the author that the message is durable; called before anyone sees it. */
  acknowledge(published: Published): void

  text: string
  mentions: readonly string[]
  address?: Address
  /** Characters that `sanitize` took out. */
  removed: number
  /** Words that `moderate` masked. */
  masked: number
  refusal?: Refusal
  published?: Published
  verdict?: Verdict
  intent?: Intent
  route?: Route
  /** Handlers that failed on their own while the message went on. */
  readonly faults: { readonly handler: string; readonly fault: unknown }[]
}
