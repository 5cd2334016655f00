import type { Ask, Transcript } from '../model/ask.ts'
import type { Counters } from '../ops/metrics.ts'
import { messageChain } from '../pipeline/chain.ts'
import { intentOf } from '../pipeline/handlers/classify.ts'
import type { Judge } from '../pipeline/handlers/judge.ts'
import type { Publisher } from '../pipeline/handlers/publish.ts'
import type { Voice } from '../pipeline/handlers/respond.ts'
import type { Published, Turn } from '../pipeline/turn.ts'
import type { WordList } from '../pipeline/words.ts'
import type { Refusal } from '../protocol/codes.ts'
import { ASSISTANT } from '../protocol/events.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Connections } from './connections.ts'
import type { Erasure } from './erasure.ts'
import type { Facts } from './facts.ts'
import { languageOf, phrases } from './phrases.ts'
import { printOf } from './print.ts'
import type { Rates } from './rates.ts'
import type { Replies } from './replies.ts'
import type { Question, ReplyBook } from './reply-book.ts'
import type { Roster } from './roster.ts'
import { toEvent } from './stored-event.ts'
import type { StoredEvent } from './stored-event.ts'
import type { NewEvent, Timeline } from './timeline.ts'
import { traceMessage, traceReply } from './trace.ts'
import type { LogTranscript } from './transcript.ts'

const MINUTE_MS = 60_000

/** What a conversation needs of the room around it. */
export interface ConversationParts {
  readonly facts: Facts
  readonly timeline: Timeline
  readonly roster: Roster
  readonly connections: Connections
  readonly rates: Rates
  readonly replies: Replies
  readonly book: ReplyBook
  readonly erasure: Erasure
  readonly transcript: LogTranscript
  readonly words: WordList
  readonly judge: Judge | undefined
  readonly limits: Limits
  readonly counters: Counters
  /** Shows an event that has become durable, and arms the alarm for what it made due. */
  readonly show: (event: StoredEvent) => void
}

/** What is said here, and how the assistant takes part: the chain's log and its voice. */
export class Conversation implements Publisher, Voice {
  readonly #parts: ConversationParts
  readonly #chain: (turn: Turn) => Promise<void>

  constructor(parts: ConversationParts) {
    this.#parts = parts
    const { words, judge } = parts
    this.#chain = messageChain({ words, judge, publisher: this, voice: this })
  }

  /** Sends a message or an edit through the chain; it is published before this returns. */
  take(turn: Turn): Promise<void> {
    return this.#chain(turn)
  }

  append(turn: Turn): Published | Refusal {
    const { timeline, book, rates } = this.#parts
    const { id, from } = turn
    const trace = traceMessage(turn)
    const isAsked = turn.kind === 'say' && trace.quiet === undefined
    const event: NewEvent = {
      ...bodyOf(turn),
      from,
      request: { id, print: printOf(turn.original) },
      pace: rates.charge(from, Date.now()),
      trace: JSON.stringify(trace),
    }
    const promise = (trigger: number) => book.promise({ trigger, asker: from })
    const stored = timeline.append(event, isAsked ? promise : undefined)
    this.#parts.counters.count('messages')
    const published = { seq: stored.seq, at: stored.at }
    turn.acknowledge(published)
    this.#parts.show(stored)
    return published
  }

  retract(target: number, rule: string): void {
    this.takeBack(target, { by: 'moderation', rule })
  }

  /** Takes a message or a reply's text back, by moderation or by a member who may. */
  takeBack(
    target: number,
    how: { readonly by: string; readonly rule?: string },
    request?: Pick<NewEvent, 'request' | 'pace'>,
  ): StoredEvent | undefined {
    const { timeline, erasure, replies } = this.#parts
    if (erasure.isGone(target)) return undefined
    const also = [...erasure.quoting(target)]
    const end = timeline.at(target)?.kind === 'reply.started' ? timeline.endOf(target) : undefined
    if (end) also.push(end.seq)
    const author = timeline.authorOf(target) ?? how.by
    const common = { from: how.by, ...request }
    const rest = { target, ...(also.length > 0 && { also }) }
    const event: NewEvent =
      how.rule === undefined
        ? { ...common, kind: 'recalled', body: rest }
        : { ...common, kind: 'retracted', body: { ...rest, rule: how.rule, by: how.by } }
    const stored = timeline.append(event, () =>
      erasure.take(target, author, event.kind === 'recalled' ? 'recalled' : 'retracted', also),
    )
    replies.withdraw(target)
    this.#parts.show(stored)
    return stored
  }

  async answer(turn: Turn): Promise<void> {
    const trigger = turn.published?.seq
    if (trigger === undefined) return
    const { replies, book, timeline, connections } = this.#parts
    const waitMs = this.replyWaitMs(turn.from)
    if (waitMs > 0) {
      book.close(trigger)
      timeline.explain(
        trigger,
        JSON.stringify({ ...traceMessage(turn), quiet: 'too_many_replies' }),
      )
      for (const connection of connections.ofMember(turn.from)) {
        const text = phrases(connection.language).tooManyReplies(Math.ceil(waitMs / 1000))
        connection.tell({ type: 'notice', text, about: trigger })
      }
      this.#parts.counters.count('refusals')
      return
    }
    await replies.answer({ trigger, asker: turn.from }, JSON.stringify(traceReply(turn)))
  }

  /** Answers a question once more, as its asker wishes. */
  async again(question: Question): Promise<void> {
    const trace = JSON.stringify({ why: 'again', intent: 'ask', verdict: 'unjudged' })
    await this.#parts.replies.answer(question, trace)
  }

  /** How long this member must wait before the assistant answers them again, in milliseconds. */
  replyWaitMs(member: string): number {
    const since = Date.now() - MINUTE_MS
    const times: number[] = []
    for (const stored of this.#parts.timeline.before(Number.MAX_SAFE_INTEGER, 10_000)) {
      if (stored.at < since) break
      if (stored.kind !== 'reply.started') continue
      const event = toEvent(stored)
      if (event.kind === 'reply.started' && event.body.to === member) times.push(stored.at)
    }
    const oldest = times[this.#parts.limits.repliesPerMinute - 1]
    return oldest === undefined ? 0 : oldest + MINUTE_MS - Date.now()
  }

  /** What the model is asked; undefined once the question has been taken back. */
  askFor({ trigger }: Question): Ask | undefined {
    const { transcript, facts } = this.#parts
    const question = transcript.line(trigger)
    if (!question) return undefined
    const { assistantName } = facts.settings
    return {
      question,
      intent: intentOf(question.text, assistantName),
      language: languageOf(question.text),
      groupTitle: facts.title,
      assistantName,
      transcript: transcript satisfies Transcript,
    }
  }

  /** Whether the message at `seq` came from the assistant. */
  isReply(seq: number): boolean {
    return this.#parts.timeline.at(seq)?.from === ASSISTANT
  }
}

function bodyOf(turn: Turn): NewEvent {
  const { text, mentions, replyTo, attachments, target, from } = turn
  if (target !== undefined) return { kind: 'edited', from, body: { target, text } }
  const body = {
    text,
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions.length > 0 && { mentions }),
    ...(attachments.length > 0 && { attachments }),
  }
  return { kind: 'message', from, body }
}
