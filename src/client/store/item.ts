import { ASSISTANT } from '../../protocol/events.ts'
import type {
  EventBodies,
  EventKind,
  Gone,
  GroupEvent,
  ReplySource,
  ReplyStatus,
} from '../../protocol/events.ts'

type EventOf<Kind extends EventKind> = Extract<GroupEvent, { readonly kind: Kind }>

/** Events that take a place of their own on the screen. */
export type BaseEvent = EventOf<'message' | 'reply.started' | 'member' | 'settings'>

/** Events that change an entry that stands elsewhere, before or after them in what is loaded. */
export type Effect = Exclude<GroupEvent, BaseEvent>

/** One emoji under an entry, and who put it there. */
export interface Reaction {
  readonly emoji: string
  readonly by: readonly string[]
}

interface Placed {
  readonly seq: number
  /** Stays the same from the first optimistic sight of an entry to its last. */
  readonly key: string
  readonly at: number
  readonly from: string
}

export interface Message extends Placed {
  readonly kind: 'message'
  readonly text: string
  readonly replyTo: number | undefined
  readonly mentions: readonly string[]
  readonly isEdited: boolean
  readonly gone: Gone | undefined
  readonly reactions: readonly Reaction[]
}

export interface Reply extends Placed {
  readonly kind: 'reply'
  readonly to: string
  readonly trigger: number
  /** While it runs, its text is not here but among the live replies. */
  readonly status: ReplyStatus | 'running'
  readonly text: string
  readonly source: ReplySource | undefined
  readonly gone: Gone | undefined
  readonly reactions: readonly Reaction[]
}

/** A quiet line: who came and went, what was changed. */
export interface Note extends Placed {
  readonly kind: 'note'
  readonly about:
    | ({ readonly is: 'member' } & EventBodies['member'])
    | ({ readonly is: 'settings' } & EventBodies['settings'])
}

export type Item = Message | Reply | Note

/** The key of a request of one's own, before and after it has a seq. */
export function keyOf(from: string, id: string): string {
  return `${from}:${id}`
}

/** The entry that an effect changes. */
export function targetOf(effect: Effect): number {
  return effect.kind === 'reply.ended' ? effect.body.reply : effect.body.target
}

/** What an entry looks like after its effects, which are in the order of the log. */
export function fold(base: BaseEvent, effects: readonly Effect[]): Item {
  return effects.reduce(withEffect, bare(base))
}

function bare(base: BaseEvent): Item {
  const { seq, at, from } = base
  const placed = { seq, at, from, key: String(seq) }
  switch (base.kind) {
    case 'message': {
      const { text, replyTo, mentions = [], gone } = base.body
      const key = base.id === undefined ? placed.key : keyOf(from, base.id)
      const none = { isEdited: false, reactions: [] }
      return { ...placed, key, kind: 'message', text, replyTo, mentions, gone, ...none }
    }
    case 'reply.started': {
      const { to, trigger } = base.body
      const none = { text: '', source: undefined, gone: undefined, reactions: [] }
      return { ...placed, from: ASSISTANT, kind: 'reply', to, trigger, status: 'running', ...none }
    }
    case 'member':
      return { ...placed, kind: 'note', about: { is: 'member', ...base.body } }
    case 'settings':
      return { ...placed, kind: 'note', about: { is: 'settings', ...base.body } }
  }
}

function withEffect(item: Item, effect: Effect): Item {
  if (item.kind === 'note') return item
  switch (effect.kind) {
    case 'edited': {
      const { text, gone = item.gone } = effect.body
      return item.kind === 'message' ? { ...item, text, gone, isEdited: true } : item
    }
    case 'recalled':
    case 'retracted':
      return item.gone === 'erased' ? item : { ...item, gone: effect.kind }
    case 'restored':
      // Only what was loaded before it went can come back by itself; the rest is fetched again.
      return item.text === '' ? item : { ...item, gone: undefined }
    case 'reaction':
      return { ...item, reactions: withReaction(item.reactions, effect) }
    case 'reply.ended': {
      const { status, text, source, gone = item.gone } = effect.body
      return item.kind === 'reply' ? { ...item, status, text, source, gone } : item
    }
  }
}

function withReaction(
  reactions: readonly Reaction[],
  { from, body: { emoji, on } }: EventOf<'reaction'>,
): readonly Reaction[] {
  const by = reactions.find((reaction) => reaction.emoji === emoji)?.by ?? []
  const others = by.filter((member) => member !== from)
  const changed = { emoji, by: on ? [...others, from] : others }
  if (by.length === 0) return on ? [...reactions, changed] : reactions
  return reactions
    .map((reaction) => (reaction.emoji === emoji ? changed : reaction))
    .filter((reaction) => reaction.by.length > 0)
}
