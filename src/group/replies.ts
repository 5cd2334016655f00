import type { Ask, Completion } from '../model/ask.ts'
import { log } from '../ops/log.ts'
import type { MetricName } from '../ops/metrics.ts'
import type { WordList } from '../pipeline/words.ts'
import { ASSISTANT } from '../protocol/events.ts'
import type { ReplyStatus, Usage } from '../protocol/events.ts'
import type { ReplySnapshot } from '../protocol/frames.ts'
import type { Reason } from './alarms.ts'
import type { Erasure } from './erasure.ts'
import type { Ledger } from './ledger.ts'
import { Places } from './places.ts'
import { ReplyAdmission } from './reply-admission.ts'
import type { AdmissionParts } from './reply-admission.ts'
import type { Expired, Question } from './reply-book.ts'
import { costOf } from './reply-cost.ts'
import type { Ending } from './reply-cost.ts'
import { ReplyStopped } from './reply-stopped.ts'
import type { Why } from './reply-stopped.ts'
import { Solitude } from './solitude.ts'
import type { StoredEvent } from './stored-event.ts'
import type { NewEvent, Timeline } from './timeline.ts'
import { Writing } from './writing.ts'
import type { WritingParts } from './writing.ts'

/** How long a reply may take in all, waiting for its turn included; [P11] allows 150 s. */
const DEADLINE_MS = 135_000

/** Model calls of one group that run at once; the platform allows six that wait for headers. */
const CALLS_AT_ONCE = 4

/** A reply that was begun. */
interface Started {
  readonly reply: number
  /** When, in milliseconds since 1970. */
  readonly at: number
}

/** A reply that was begun and that nobody writes any more. */
type Orphan = Expired & { readonly reply: number }

/** What replies need of the room around them. */
export interface ReplyParts extends AdmissionParts {
  readonly group: () => string
  readonly timeline: Timeline
  readonly erasure: Erasure
  readonly ledger: Ledger
  readonly words: WordList
  readonly listeners: () => number
  /** Shows an event that has become durable. */
  readonly show: (event: StoredEvent) => void
  /** Sends a frame that nobody needs to keep. */
  readonly publish: (encoded: string) => void
  /** Hears how a model call went. */
  readonly onCompletion: (completion: Completion) => void
  readonly count: (name: MetricName) => void
}

/**
 * The assistant's replies, from `reply.started` to the one `reply.ended` ([P11]). A promise to answer
 * is written with its question; what a crash leaves behind is found by its lease and brought to an end.
 */
export class Replies implements Reason {
  readonly name = 'lease'
  readonly #parts: ReplyParts
  readonly #running = new Map<number, Writing>()
  readonly #admission: ReplyAdmission
  readonly #calls = new Places(CALLS_AT_ONCE)
  readonly #solitude = new Solitude(
    () => this.#running.size > 0 && this.#parts.listeners() === 0,
    () => this.#stopAll('deserted'),
  )

  constructor(parts: ReplyParts) {
    this.#parts = parts
    this.#admission = new ReplyAdmission(parts)
  }

  /** What someone who joins now has missed of the replies that are being written ([P12]). */
  snapshots(): readonly ReplySnapshot[] {
    return [...this.#running.values()].map(({ snapshot }) => snapshot)
  }

  /** What answering may use at most; see `Model`. */
  estimate(ask: Ask): Usage {
    return this.#parts.model.estimate(ask)
  }

  /** Who asked for a running reply; undefined once it has ended. */
  askerOf(reply: number): string | undefined {
    return this.#running.get(reply)?.parts.question.asker
  }

  stop(reply: number): void {
    this.#running.get(reply)?.stop('stopped')
  }

  /** Ends every model call and lets none begin; the group is being erased. */
  abandon(): void {
    this.#admission.end()
    this.#stopAll('withdrawn')
  }

  /** Hears that a connection came or went: what nobody hears any more is not written for long. */
  onCompany(): void {
    this.#solitude.look()
  }

  /** Withdraws the running reply to a message that was taken back. */
  withdraw(trigger: number): void {
    for (const writing of this.#running.values()) {
      if (writing.parts.question.trigger === trigger) writing.stop('withdrawn')
    }
  }

  /** Answers a promised question; resolves when the reply has ended, however it did. */
  async answer(question: Question, trace?: string): Promise<void> {
    const ask = await this.#admission.admit(question)
    if (!ask) return
    const { reply, at } = this.#start(question, trace)
    await this.#write(this.#open({ reply, run: 1, question, earlierTokens: 0 }), ask, at)
  }

  due(): number | undefined {
    return this.#parts.book.due()
  }

  /** Renews the lease of what still runs, and takes up what a crash orphaned. */
  run(now: number): boolean {
    let progress = false
    for (const expired of this.#parts.book.expired(now)) {
      const { question, reply, text } = expired
      const running = reply === undefined ? undefined : this.#running.get(reply)
      // What is not being written yet may wait for the deployment's purse; the promise lives on.
      const isUnderWay = running !== undefined || this.#admission.isUnderWay(question.trigger)
      this.#parts.book.checkpoint(question.trigger, running?.stream.text ?? text)
      // A question that nobody could begin to answer is brought nowhere by being found again.
      progress ||= isUnderWay || reply !== undefined
      if (!isUnderWay) void this.#takeUp(expired, now)
    }
    return progress
  }

  // Nothing else that is due waits for a model ([P11]).
  async #takeUp({ question, reply, text }: Expired, now: number): Promise<void> {
    try {
      if (reply === undefined) await this.answer(question)
      else await this.#resume({ question, reply, text }, now)
    } catch (fault) {
      log({ event: 'alarm.failed', group: this.#parts.group(), reason: this.name }, fault)
    }
  }

  // Has a reply written, and brings it to its end.
  async #write(writing: Writing, ask: Ask, startedAt: number): Promise<void> {
    const lateInMs = startedAt + DEADLINE_MS - Date.now()
    const deadline = setTimeout(() => writing.stop('late'), lateInMs)
    try {
      const { model, onCompletion } = this.#parts
      const completion = await this.#calls.during(writing.signal, () => writing.by(model, ask))
      onCompletion(completion)
      this.#end(writing, statusOf(completion), completion)
    } catch (fault) {
      this.#fail(writing, fault)
    } finally {
      clearTimeout(deadline)
      writing.stream.stop()
      this.#running.delete(writing.parts.reply)
      this.#solitude.look()
    }
  }

  // Of what a crash orphaned, what has hardly been read is answered anew, and the rest ends with what
  // the last checkpoint knows of it.
  async #resume(orphan: Orphan, now: number): Promise<void> {
    const { book, timeline, ask, publish } = this.#parts
    const { question, reply, text } = orphan
    const startedAt = timeline.at(reply)?.at ?? 0
    const anew = await this.#admission.admitAnew(orphan, now - startedAt)
    if (anew) {
      const { earlierTokens } = anew
      const writing = this.#open({ reply, run: 2, question, earlierTokens })
      publish(JSON.stringify({ type: 'snapshot', ...writing.snapshot }))
      return this.#write(writing, anew.ask, startedAt)
    }
    // While the purse was asked, somebody else may have ended it.
    if (!book.has(question.trigger)) return
    const left = ask(question)
      ? ({ status: 'interrupted', text } as const)
      : ({ status: 'withdrawn', text: '' } as const)
    this.#close({ ...left, reply, question, shown: text, source: 'model', isPerhapsSecond: true })
  }

  #start(question: Question, trace: string | undefined): Started {
    const { trigger, again, asker } = question
    const body = { to: asker, trigger, ...(again !== undefined && { again }) }
    const event: NewEvent = {
      kind: 'reply.started',
      from: ASSISTANT,
      body,
      ...(trace && { trace }),
    }
    const started = this.#parts.timeline.append(event, (seq) => {
      this.#parts.book.start(trigger, seq)
    })
    this.#parts.count('replies_started')
    this.#parts.show(started)
    return { reply: started.seq, at: started.at }
  }

  #open(what: Pick<WritingParts, 'reply' | 'run' | 'question' | 'earlierTokens'>): Writing {
    const { book, words, listeners, publish, arm } = this.#parts
    const checkpoint = (text: string) => book.checkpoint(what.question.trigger, text)
    const writing = new Writing({ ...what, words, listeners, publish, checkpoint })
    this.#running.set(what.reply, writing)
    this.#solitude.look()
    arm()
    return writing
  }

  #stopAll(why: Why): void {
    for (const writing of this.#running.values()) writing.stop(why)
  }

  #end(writing: Writing, status: ReplyStatus, completion: Completion): void {
    const { reply, question, earlierTokens, run } = writing.parts
    const text = writing.stream.end()
    const isPerhapsSecond = run > 1
    const ending = { reply, question, status, text, shown: text, earlierTokens, isPerhapsSecond }
    this.#close({ ...ending, ...completion })
  }

  #fail(writing: Writing, fault: unknown): void {
    const { stream, hasCalled } = writing
    const { reply, question, earlierTokens, run } = writing.parts
    const { reason } = writing.signal
    // Who stops a reply has read enough; whatever else ends it takes nothing away that had come.
    if (reason instanceof ReplyStopped && reason.isWanted) stream.stop()
    else stream.breakOff()
    const shown = hasCalled ? stream.text : undefined
    const common = { reply, question, shown, earlierTokens, isPerhapsSecond: run > 1 }
    const ending = { ...common, source: 'model' } as const
    if (reason instanceof ReplyStopped) {
      const text = reason.why === 'withdrawn' ? '' : stream.text
      return this.#close({ ...ending, status: reason.statusOf(text), text })
    }
    this.#parts.count('replies_failed')
    log({ event: 'reply.failed', group: this.#parts.group(), reply }, fault)
    const status = stream.text === '' ? 'failed' : 'interrupted'
    this.#close({ ...ending, status, text: stream.text })
  }

  // The end of a reply, of its promise and of its reservation are one transaction.
  #close(ending: Ending): void {
    const { book, ledger, quotas, timeline, erasure, outbox, show } = this.#parts
    const { reply, question, status, text, source, model, usage, quotes = [] } = ending
    const { trigger, asker } = question
    const hold = quotas.holdOf(trigger)
    const second = ending.isPerhapsSecond ? quotas.secondHoldOf(trigger) : undefined
    const at = book.reservedAt(trigger) ?? Date.now()
    const cost = costOf(ending, book.reserved(trigger))
    const body = {
      reply,
      status,
      text,
      source,
      ...(model !== undefined && { model }),
      ...(usage && { usage }),
      ...(quotes.length > 0 && { quotes }),
    }
    const ended = timeline.append({ kind: 'reply.ended', from: ASSISTANT, body }, (seq) => {
      book.close(trigger)
      erasure.noteQuotes(seq, quotes)
      const account = { reply, question: trigger, to: asker, at, status, source, ...cost }
      ledger.settle({ ...account, ...(model !== undefined && { model }) })
      const tokens = cost.inputTokens + cost.outputTokens
      if (hold !== undefined) {
        outbox.note({ kind: 'settle', hold, replies: cost.replies, tokens })
      }
      // The first one carries the cost of both.
      if (second !== undefined) outbox.note({ kind: 'settle', hold: second, replies: 0, tokens: 0 })
    })
    show(ended)
  }
}

function statusOf({ finish }: Completion): ReplyStatus {
  if (finish === 'filter') return 'filtered'
  return finish === 'length' ? 'interrupted' : 'complete'
}
