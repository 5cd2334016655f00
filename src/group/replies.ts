import type { Ask, Completion, Model } from '../model/ask.ts'
import { log } from '../ops/log.ts'
import type { MetricName } from '../ops/metrics.ts'
import type { WordList } from '../pipeline/words.ts'
import { ASSISTANT } from '../protocol/events.ts'
import type { ReplyStatus, Usage } from '../protocol/events.ts'
import type { ReplySnapshot } from '../protocol/frames.ts'
import type { Reason } from './alarms.ts'
import { DeltaStream } from './delta-stream.ts'
import type { Erasure } from './erasure.ts'
import type { Ledger } from './ledger.ts'
import type { Outbox } from './outbox.ts'
import { Places } from './places.ts'
import type { Quotas, Shortage } from './quotas.ts'
import type { Question, ReplyBook } from './reply-book.ts'
import { costOf } from './reply-cost.ts'
import type { Ending } from './reply-cost.ts'
import { ReplyStopped } from './reply-stopped.ts'
import type { Why } from './reply-stopped.ts'
import { Solitude } from './solitude.ts'
import type { StoredEvent } from './stored-event.ts'
import type { NewEvent, Timeline } from './timeline.ts'

/** When the text so far is written down: this long after, or this much more, than last time. */
const CHECKPOINT_MS = 1_000
const CHECKPOINT_CHARS = 2_048

/** How long a reply may take in all, waiting for its turn included; [P11] allows 150 s. */
const DEADLINE_MS = 135_000

/** Model calls of one group that run at once; the platform allows six that wait for headers. */
const CALLS_AT_ONCE = 4

interface Running {
  readonly reply: number
  readonly question: Question
  readonly stream: DeltaStream
  readonly abort: AbortController
  /** Whether a model was asked, so that there is something to pay. */
  hasCalled: boolean
}

/** What replies need of the room around them. */
export interface ReplyParts {
  readonly group: () => string
  readonly book: ReplyBook
  readonly timeline: Timeline
  readonly erasure: Erasure
  readonly model: Model
  readonly quotas: Quotas
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly words: WordList
  readonly listeners: () => number
  /** Shows an event that has become durable. */
  readonly show: (event: StoredEvent) => void
  /** Sends a frame that nobody needs to keep. */
  readonly publish: (encoded: string) => void
  /** What the model is asked, or undefined if the trigger is gone by now. */
  readonly ask: (question: Question) => Ask | undefined
  /** Hears of a question that is not answered, because a quota is used up. */
  readonly onShortage: (question: Question, shortage: Shortage) => void
  /** Hears how a model call went. */
  readonly onCompletion: (completion: Completion) => void
  readonly count: (name: MetricName) => void
  readonly arm: () => void
}

/**
 * The assistant's replies, from `reply.started` to the one `reply.ended` ([P11]). A promise to answer
 * is written with its question; what a crash leaves behind is found by its lease and brought to an end.
 */
export class Replies implements Reason {
  readonly name = 'lease'
  readonly #parts: ReplyParts
  readonly #running = new Map<number, Running>()
  readonly #admitting = new Set<number>()
  readonly #calls = new Places(CALLS_AT_ONCE)
  readonly #solitude = new Solitude(
    () => this.#running.size > 0 && this.#parts.listeners() === 0,
    () => this.#stopAll('deserted'),
  )

  constructor(parts: ReplyParts) {
    this.#parts = parts
  }

  /** What someone who joins now has missed of the replies that are being written ([P12]). */
  snapshots(): readonly ReplySnapshot[] {
    return [...this.#running.values()].map(({ reply, stream }) => ({
      reply,
      run: 1,
      text: stream.text,
    }))
  }

  /** What answering may use at most; see `Model`. */
  estimate(ask: Ask): Usage {
    return this.#parts.model.estimate(ask)
  }

  /** Who asked for a running reply; undefined once it has ended. */
  askerOf(reply: number): string | undefined {
    return this.#running.get(reply)?.question.asker
  }

  stop(reply: number): void {
    this.#running.get(reply)?.abort.abort(new ReplyStopped('stopped'))
  }

  /** Ends every model call; the group is being erased. */
  abandon(): void {
    this.#stopAll('withdrawn')
  }

  /** Hears that a connection came or went: what nobody hears any more is not written for long. */
  onCompany(): void {
    this.#solitude.look()
  }

  /** Withdraws the running reply to a message that was taken back. */
  withdraw(trigger: number): void {
    for (const { question, abort } of this.#running.values()) {
      if (question.trigger === trigger) abort.abort(new ReplyStopped('withdrawn'))
    }
  }

  /** Answers a promised question; resolves when the reply has ended, however it did. */
  async answer(question: Question, trace?: string): Promise<void> {
    const ask = await this.#admit(question)
    if (!ask) return
    const running = this.#start(question, trace)
    const { reply, abort, stream } = running
    const deadline = setTimeout(() => abort.abort(new ReplyStopped('late')), DEADLINE_MS)
    let checkpointAt = Date.now()
    let checkpointChars = 0
    try {
      const completion = await this.#calls.during(abort.signal, async () => {
        running.hasCalled = true
        return this.#parts.model.complete(ask, {
          signal: abort.signal,
          onText: (text) => {
            stream.add(text)
            const now = Date.now()
            const isDue = now - checkpointAt >= CHECKPOINT_MS
            if (!isDue && stream.text.length - checkpointChars < CHECKPOINT_CHARS) return
            checkpointAt = now
            checkpointChars = stream.text.length
            this.#parts.book.checkpoint(question.trigger, stream.text)
          },
        })
      })
      this.#parts.onCompletion(completion)
      this.#end(running, statusOf(completion), completion)
    } catch (fault) {
      this.#fail(running, fault)
    } finally {
      clearTimeout(deadline)
      stream.stop()
      this.#running.delete(reply)
      this.#solitude.look()
    }
  }

  due(): number | undefined {
    return this.#parts.book.due()
  }

  /** Ends what a crash orphaned, and renews the lease of what still runs. */
  async run(now: number): Promise<boolean> {
    const expired = this.#parts.book.expired(now)
    for (const { question, reply, text } of expired) {
      const running = reply === undefined ? undefined : this.#running.get(reply)
      if (running) this.#parts.book.checkpoint(question.trigger, running.stream.text)
      else if (this.#admitting.has(question.trigger)) {
        // The deployment's purse takes its time; the promise lives on.
        this.#parts.book.checkpoint(question.trigger, '')
      } else if (reply === undefined) await this.answer(question)
      else {
        // What the model had written beyond the checkpoint, nobody knows.
        this.#close({ reply, question, status: 'interrupted', text, shown: text, source: 'model' })
      }
    }
    return expired.length > 0
  }

  // What is asked, once the cost of answering has been set aside; nothing where it may not be answered.
  async #admit(question: Question): Promise<Ask | undefined> {
    const { book, quotas, model, ask, onShortage } = this.#parts
    const { trigger } = question
    // Whoever comes second, the chain or the alarm, finds the promise taken.
    if (this.#admitting.has(trigger) || !book.isPromised(trigger)) return undefined
    this.#admitting.add(trigger)
    try {
      const asked = ask(question)
      const shortage = asked && (await quotas.reserve(question, model.estimate(asked)))
      if (shortage) onShortage(question, shortage)
      // While the deployment was asked, the question may have been taken back.
      else if (asked && ask(question)) return asked
      this.#drop(trigger)
      return undefined
    } finally {
      this.#admitting.delete(trigger)
    }
  }

  #drop(trigger: number): void {
    const { book, quotas, outbox, arm } = this.#parts
    const hold = quotas.holdOf(trigger)
    book.close(trigger)
    if (hold === undefined) return
    outbox.note({ kind: 'settle', hold, replies: 0, tokens: 0 })
    arm()
  }

  #start(question: Question, trace: string | undefined): Running {
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
    const reply = started.seq
    const stream = new DeltaStream(this.#parts.words, this.#parts.listeners, (piece) => {
      this.#parts.publish(JSON.stringify({ type: 'delta', reply, run: 1, ...piece }))
    })
    const running = { reply, question, stream, abort: new AbortController(), hasCalled: false }
    this.#running.set(reply, running)
    this.#solitude.look()
    this.#parts.count('replies_started')
    this.#parts.show(started)
    this.#parts.arm()
    return running
  }

  #stopAll(why: Why): void {
    for (const { abort } of this.#running.values()) abort.abort(new ReplyStopped(why))
  }

  #end(running: Running, status: ReplyStatus, completion: Completion): void {
    const { reply, question, stream } = running
    const text = stream.end()
    this.#close({ reply, question, status, text, shown: text, ...completion })
  }

  #fail(running: Running, fault: unknown): void {
    const { reply, question, stream, hasCalled } = running
    const { reason } = running.abort.signal
    // Who stops a reply has read enough; whatever else ends it takes nothing away that had come.
    if (reason instanceof ReplyStopped && reason.isWanted) stream.stop()
    else stream.breakOff()
    const shown = hasCalled ? stream.text : undefined
    const ending = { reply, question, shown, source: 'model' } as const
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
    })
    show(ended)
  }
}

function statusOf({ finish }: Completion): ReplyStatus {
  if (finish === 'filter') return 'filtered'
  return finish === 'length' ? 'interrupted' : 'complete'
}
