import type { Ask, Transcript } from '../model/ask.ts'
import type { Counters } from '../ops/metrics.ts'
import { messageChain } from '../pipeline/chain.ts'
import { intentOf } from '../pipeline/handlers/classify.ts'
import type { Judge } from '../pipeline/handlers/judge.ts'
import type { Publisher } from '../pipeline/handlers/publish.ts'
import type { Voice } from '../pipeline/handlers/respond.ts'
import type { Published, Quiet, Turn } from '../pipeline/turn.ts'
import type { WordList } from '../pipeline/words.ts'
import type { Refusal } from '../protocol/codes.ts'
import { ASSISTANT } from '../protocol/events.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Connections } from './connections.ts'
import type { Erasure } from './erasure.ts'
import type { Facts } from './facts.ts'
import type { Ledger } from './ledger.ts'
import { languageOf, phrases } from './phrases.ts'
import { printOf } from './print.ts'
import type { Quotas, Shortage } from './quotas.ts'
import type { Rates } from './rates.ts'
import type { Replies } from './replies.ts'
import type { Question, ReplyBook } from './reply-book.ts'
import type { Roster } from './roster.ts'
import type { StoredEvent } from './stored-event.ts'
import type { NewEvent, Timeline } from './timeline.ts'
import { parseTrace, traceMessage, traceReply } from './trace.ts'
import type { LogTranscript } from './transcript.ts'

/** What `/why` says of a question that a quota stopped. */
const QUIET: Readonly<Record<Shortage['scope'], Quiet>> = {
  minute: 'too_many_replies',
  hour: 'hour_quota',
  day: 'day_quota',
  deployment: 'deployment_quota',
  unreachable: 'purse_unreachable',
}

/** What a conversation needs of the room around it. */
export interface ConversationParts {
  readonly facts: Facts
  readonly timeline: Timeline
  readonly roster: Roster
  readonly connections: Connections
  readonly rates: Rates
  readonly replies: Replies
  readonly book: ReplyBook
  readonly quotas: Quotas
  readonly ledger: Ledger
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
    if (turn.kind === 'say') rates.said(from, stored.at)
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
    const question = { trigger, asker: turn.from }
    await this.#parts.replies.answer(question, JSON.stringify(traceReply(turn)))
  }

  /** Tells the asker alone, once in a window, why the assistant keeps quiet; `/why` tells anybody. */
  decline({ trigger, again, asker }: Question, { scope, retryAt }: Shortage): void {
    const { timeline, connections, ledger, counters } = this.#parts
    const now = Date.now()
    if (again === undefined) {
      const trace = parseTrace(timeline.trace(trigger))
      timeline.explain(trigger, JSON.stringify({ ...trace, quiet: QUIET[scope] }))
    }
    counters.count('refusals')
    if (!ledger.isNews(asker, scope, now, retryAt)) return
    for (const connection of connections.ofMember(asker)) {
      const text = phrases(connection.language).declined(scope, Math.max(0, retryAt - now))
      connection.tell({ type: 'notice', text, about: trigger })
    }
  }

  /** Answers a question once more, as its asker wishes. */
  async again(question: Question): Promise<void> {
    const trace = JSON.stringify({ why: 'again', intent: 'ask', verdict: 'unjudged' })
    await this.#parts.replies.answer(question, trace)
  }

  /** Why this member is not answered again now, as far as the group itself can tell. */
  shortage(question: Question): Shortage | undefined {
    const { replies, quotas } = this.#parts
    const ask = this.askFor(question)
    return ask && quotas.shortage(question.asker, replies.estimate(ask), Date.now())
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
