import { log } from '../ops/log.ts'
import type { Turn } from '../pipeline/turn.ts'
import type { Refusal } from '../protocol/codes.ts'
import type { ClientFrame, FetchFrame } from '../protocol/frames.ts'
import { may } from '../protocol/permissions.ts'
import { answerTo, parseCommand } from './commands.ts'
import type { Command } from './commands.ts'
import type { Connection } from './connections.ts'
import type { Conversation } from './conversation.ts'
import type { Erasure } from './erasure.ts'
import type { Facts } from './facts.ts'
import { printOf } from './print.ts'
import type { Quotas } from './quotas.ts'
import type { Rates } from './rates.ts'
import { refuse } from './refuse.ts'
import type { Replies } from './replies.ts'
import type { ReplyBook } from './reply-book.ts'
import type { Person, Roster } from './roster.ts'
import { toEvent } from './stored-event.ts'
import type { StoredEvent } from './stored-event.ts'
import type { NewEvent, Timeline } from './timeline.ts'

/** What requests need of the room around them. */
export interface RequestParts {
  readonly facts: Facts
  readonly timeline: Timeline
  readonly roster: Roster
  readonly rates: Rates
  readonly conversation: Conversation
  readonly replies: Replies
  readonly book: ReplyBook
  readonly erasure: Erasure
  readonly quotas: Quotas
  readonly show: (event: StoredEvent) => void
}

/** A frame that names its request, and so is acknowledged or refused. */
type Request = Exclude<Extract<ClientFrame, { readonly id: string }>, FetchFrame>

type RequestOf<Type extends Request['type']> = Extract<Request, { readonly type: Type }>

/** Nothing, once a request was acknowledged; a refusal, or the promise of either. */
type Outcome = Promise<Refusal | undefined> | Refusal | undefined

/** Decides whether a request may be, and does it: at most once per id, however often it comes ([P7]). */
export class Requests {
  readonly #parts: RequestParts

  constructor(parts: RequestParts) {
    this.#parts = parts
  }

  /** Takes one request that its member's role allows. What it changes in the log has happened when this returns. */
  take(connection: Connection, person: Person, frame: Request, now: number): Outcome {
    const known = this.#parts.timeline.request(person.id, frame.id)
    if (known) {
      if (known.print !== printOf(contentOf(frame))) {
        return refuse('id_conflict', 'this id was used for something else')
      }
      const { seq, at } = known
      connection.tell({ type: 'ack', id: frame.id, seq, at, duplicate: true })
      return undefined
    }
    const blocked = this.#hold(person, frame, now)
    if (blocked) return blocked
    switch (frame.type) {
      case 'say':
        return this.#say(connection, person, frame)
      case 'edit':
        return this.#edit(connection, person, frame)
      case 'recall':
        return this.#recall(connection, person, frame)
      case 'react':
        return this.#react(connection, person, frame)
      case 'stop':
        return this.#stop(connection, person, frame)
      case 'again':
        return this.#again(connection, person, frame)
    }
  }

  // Stopping what one asked for never waits ([P14]); taking back what is one's own is for the muted, too.
  #hold(person: Person, frame: Request, now: number): Refusal | undefined {
    const { rates } = this.#parts
    if (frame.type === 'stop') return undefined
    const muted = frame.type === 'recall' ? undefined : rates.silence(person, now)
    return muted ?? rates.check(person, now)
  }

  #say(connection: Connection, person: Person, frame: RequestOf<'say'>): Outcome {
    const { timeline, conversation, rates, facts } = this.#parts
    const now = Date.now()
    const command = parseCommand(frame.text, frame.replyTo)
    if (command) {
      connection.pace(rates.charge(person.id, now))
      return this.#command(connection, person, frame.id, command)
    }
    const slow = rates.slow(person, facts.settings.slowModeSeconds, now)
    if (slow) return slow
    if (frame.replyTo !== undefined && frame.replyTo > timeline.head) {
      return refuse('not_found', 'replyTo names no message of this group')
    }
    if (frame.attachments && frame.attachments.length > 0) {
      return refuse('not_found', 'an attachment names no upload of this group')
    }
    const text = frame.text.startsWith('//') ? frame.text.slice(1) : frame.text
    return this.#chain(connection, person, frame, {
      kind: 'say',
      text,
      mentions: frame.mentions ?? [],
      ...(frame.replyTo !== undefined && { replyTo: frame.replyTo }),
      answersAssistant: frame.replyTo !== undefined && conversation.isReply(frame.replyTo),
    })
  }

  #edit(connection: Connection, person: Person, frame: RequestOf<'edit'>): Outcome {
    const { erasure, timeline } = this.#parts
    const { target, text } = frame
    if (erasure.isGone(target)) return refuse('conflict', 'that message was taken back')
    if (!timeline.wasRequest(target, 'message', person.id)) return this.#notYours(target)
    return this.#chain(connection, person, frame, { kind: 'edit', target, text })
  }

  async #chain(
    connection: Connection,
    person: Person,
    frame: Request,
    what: Pick<Turn, 'kind' | 'text'> & Partial<Turn>,
  ): Promise<Refusal | undefined> {
    const { conversation, facts, roster } = this.#parts
    const turn: Turn = {
      id: frame.id,
      from: person.id,
      fromName: person.name,
      settings: facts.settings,
      original: contentOf(frame),
      attachments: [],
      mentions: [],
      answersAssistant: false,
      removed: 0,
      masked: 0,
      faults: [],
      isMember: (id) => roster.member(id) !== undefined,
      acknowledge: ({ seq, at }) => this.#acknowledge(connection, frame.id, seq, at),
      ...what,
    }
    try {
      await conversation.take(turn)
    } catch (fault) {
      // What was acknowledged stays so; a promised answer is made good when its lease runs out.
      if (!turn.published) throw fault
      turn.faults.push({ handler: 'chain', fault })
    }
    for (const { handler, fault } of turn.faults) {
      log({ event: 'handler.failed', group: facts.id, handler }, fault)
    }
    return turn.refusal
  }

  #recall(connection: Connection, person: Person, frame: RequestOf<'recall'>): Outcome {
    const { timeline, erasure, conversation } = this.#parts
    const { id, target } = frame
    const isOwn = timeline.wasRequest(target, 'message', person.id)
    if (!isOwn && !this.#mayTakeBack(person, target)) return this.#notYours(target)
    if (erasure.isGone(target)) return refuse('conflict', 'that message was taken back already')
    const how = isOwn ? { by: person.id } : { by: person.id, rule: 'moderator' }
    const stored = conversation.takeBack(target, how, this.#charge(person, frame))
    if (stored) this.#acknowledge(connection, id, stored.seq, stored.at)
    return undefined
  }

  // Moderators take back what others said, and what the assistant answered.
  #mayTakeBack(person: Person, target: number): boolean {
    if (!may(person.role, 'recallOthers')) return false
    const { timeline } = this.#parts
    return timeline.wasRequest(target, 'message') || timeline.endOf(target) !== undefined
  }

  #react(connection: Connection, person: Person, frame: RequestOf<'react'>): Outcome {
    const { target, emoji, on } = frame
    const { timeline } = this.#parts
    const isThere =
      timeline.wasRequest(target, 'message') || timeline.at(target)?.kind === 'reply.started'
    if (!isThere) return refuse('not_found', 'there is no such message in this group')
    if (this.#parts.erasure.isGone(target)) return refuse('conflict', 'that message was taken back')
    const body = { target, emoji, on }
    this.#append(connection, person, frame, { kind: 'reaction', from: person.id, body })
    return undefined
  }

  #stop(connection: Connection, person: Person, frame: RequestOf<'stop'>): Outcome {
    const asker = this.#parts.replies.askerOf(frame.reply)
    if (asker === undefined) return refuse('not_found', 'no such reply is being written')
    if (asker !== person.id && !may(person.role, 'stopOthers')) {
      return refuse('forbidden', 'a reply is stopped by who asked, or by a moderator')
    }
    this.#parts.replies.stop(frame.reply)
    connection.tell({ type: 'ack', id: frame.id, seq: null, at: Date.now(), duplicate: false })
    return undefined
  }

  async #again(
    connection: Connection,
    person: Person,
    frame: RequestOf<'again'>,
  ): Promise<Refusal | undefined> {
    const { timeline, book, conversation } = this.#parts
    const stored = timeline.at(frame.reply)
    const event = stored && toEvent(stored)
    if (event?.kind !== 'reply.started') return refuse('not_found', 'there is no such reply')
    const { to: asker, trigger } = event.body
    if (asker !== person.id) return refuse('forbidden', 'who asked may ask again')
    if (book.has(trigger)) return refuse('conflict', 'this question is being answered')
    const question = { trigger, again: frame.reply, asker }
    if (!conversation.askFor(question)) return refuse('conflict', 'the question was taken back')
    const shortage = conversation.shortage(question)
    if (shortage) {
      const waitMs = Math.max(0, shortage.retryAt - Date.now())
      return refuse('quota', 'the replies of this time are used up', waitMs)
    }
    const { request, pace } = this.#charge(person, frame)
    timeline.rememberAgain(person.id, request, trigger, () => book.promise(question))
    connection.pace(pace)
    connection.tell({ type: 'ack', id: frame.id, seq: null, at: Date.now(), duplicate: false })
    try {
      await conversation.again(question)
    } catch (fault) {
      // What was acknowledged stays so; the promised answer is made good when its lease runs out.
      log({ event: 'handler.failed', group: this.#parts.facts.id, handler: 'again' }, fault)
    }
    return undefined
  }

  #command(
    connection: Connection,
    person: Person,
    id: string,
    command: Command,
  ): Refusal | undefined {
    const { language } = connection
    if (command.name === 'unknown')
      return refuse('not_found', 'there is no such command; try /help')
    connection.tell({ type: 'ack', id, seq: null, at: Date.now(), duplicate: false })
    connection.tell({ type: 'notice', ...answerTo(command, this.#parts, person.id, language) })
    return undefined
  }

  #append(connection: Connection, person: Person, frame: Request, event: NewEvent): void {
    const { timeline, show } = this.#parts
    const stored = timeline.append({ ...event, ...this.#charge(person, frame) })
    this.#acknowledge(connection, frame.id, stored.seq, stored.at)
    show(stored)
  }

  // What an event keeps of the request behind it, charged to the member's pace.
  #charge(person: Person, frame: Request): Required<Pick<NewEvent, 'request' | 'pace'>> {
    const pace = this.#parts.rates.charge(person.id, Date.now())
    return { request: { id: frame.id, print: printOf(contentOf(frame)) }, pace }
  }

  #acknowledge(connection: Connection, id: string, seq: number, at: number): void {
    connection.tell({ type: 'ack', id, seq, at, duplicate: false })
  }

  #notYours(target: number): Refusal {
    return this.#parts.timeline.wasRequest(target, 'message')
      ? refuse('forbidden', 'only its author may do that')
      : refuse('not_found', 'there is no such message in this group')
  }
}

/** A frame without its id: what must be the same for the same id to be the same request. */
function contentOf(frame: Request): unknown {
  const { id: _, ...content } = frame
  return content
}
