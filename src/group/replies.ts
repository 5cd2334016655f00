import type { Ask, Completion, Model } from '../model/ask.ts'
import { log } from '../ops/log.ts'
import type { MetricName } from '../ops/metrics.ts'
import type { WordList } from '../pipeline/words.ts'
import { ASSISTANT } from '../protocol/events.ts'
import type { EventBodies, ReplyStatus } from '../protocol/events.ts'
import type { ReplySnapshot } from '../protocol/frames.ts'
import type { Reason } from './alarms.ts'
import { DeltaStream } from './delta-stream.ts'
import type { Erasure } from './erasure.ts'
import { Places } from './places.ts'
import type { Question, ReplyBook } from './reply-book.ts'
import { ReplyStopped } from './reply-stopped.ts'
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
}

/** What replies need of the room around them. */
export interface ReplyParts {
  readonly group: () => string
  readonly book: ReplyBook
  readonly timeline: Timeline
  readonly erasure: Erasure
  readonly model: Model
  readonly words: WordList
  readonly listeners: () => number
  /** Shows an event that has become durable. */
  readonly show: (event: StoredEvent) => void
  /** Sends a frame that nobody needs to keep. */
  readonly publish: (encoded: string) => void
  /** What the model is asked, or undefined if the trigger is gone by now. */
  readonly ask: (question: Question) => Ask | undefined
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
  readonly #calls = new Places(CALLS_AT_ONCE)

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

  /** Who asked for a running reply; undefined once it has ended. */
  askerOf(reply: number): string | undefined {
    return this.#running.get(reply)?.question.asker
  }

  stop(reply: number): void {
    this.#running.get(reply)?.abort.abort(new ReplyStopped('stopped'))
  }

  /** Ends every model call; the group is being erased. */
  abandon(): void {
    for (const { abort } of this.#running.values()) abort.abort(new ReplyStopped('withdrawn'))
  }

  /** Withdraws the running reply to a message that was taken back. */
  withdraw(trigger: number): void {
    for (const { question, abort } of this.#running.values()) {
      if (question.trigger === trigger) abort.abort(new ReplyStopped('withdrawn'))
    }
  }

  /** Answers a promised question; resolves when the reply has ended, however it did. */
  async answer(question: Question, trace?: string): Promise<void> {
    // Whoever comes second, the chain or the alarm, finds the promise taken.
    if (!this.#parts.book.isPromised(question.trigger)) return
    const ask = this.#parts.ask(question)
    if (!ask) return this.#parts.book.close(question.trigger)
    const running = this.#start(question, trace)
    const { reply, abort, stream } = running
    const deadline = setTimeout(() => abort.abort(new ReplyStopped('failed')), DEADLINE_MS)
    let checkpointAt = Date.now()
    let checkpointChars = 0
    try {
      await this.#calls.take(abort.signal)
      const completion = await this.#parts.model.complete(ask, {
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
      this.#parts.onCompletion(completion)
      this.#end(running, statusOf(completion), completion)
    } catch (fault) {
      this.#fail(running, fault)
    } finally {
      clearTimeout(deadline)
      stream.stop()
      this.#running.delete(reply)
      this.#calls.leave()
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
      if (reply === undefined) await this.answer(question)
      else if (running) this.#parts.book.checkpoint(question.trigger, running.stream.text)
      else this.#close(reply, question.trigger, 'interrupted', text, 'model')
    }
    return expired.length > 0
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
    const running = { reply, question, stream, abort: new AbortController() }
    this.#running.set(reply, running)
    this.#parts.count('replies_started')
    this.#parts.show(started)
    this.#parts.arm()
    return running
  }

  #end(running: Running, status: ReplyStatus, completion: Completion): void {
    const { reply, question, stream } = running
    const { source, model, usage, quotes } = completion
    const more = {
      ...(model !== undefined && { model }),
      ...(usage && { usage }),
      ...(quotes && quotes.length > 0 && { quotes }),
    }
    this.#close(reply, question.trigger, status, stream.end(), source, more)
  }

  #fail(running: Running, fault: unknown): void {
    const { reply, question, stream } = running
    const { reason } = running.abort.signal
    stream.stop()
    if (reason instanceof ReplyStopped) {
      const text = reason.status === 'withdrawn' ? '' : stream.text
      const isCutOff = reason.status === 'failed' && text !== ''
      const status = isCutOff ? 'interrupted' : reason.status
      this.#close(reply, question.trigger, status, text, 'model')
      return
    }
    this.#parts.count('replies_failed')
    log({ event: 'reply.failed', group: this.#parts.group(), reply }, fault)
    const status = stream.text === '' ? 'failed' : 'interrupted'
    this.#close(reply, question.trigger, status, stream.text, 'model')
  }

  #close(
    reply: number,
    trigger: number,
    status: ReplyStatus,
    text: string,
    source: Completion['source'],
    more: Pick<EventBodies['reply.ended'], 'model' | 'usage' | 'quotes'> = {},
  ): void {
    const body = { reply, status, text, source, ...more }
    const ended = this.#parts.timeline.append(
      { kind: 'reply.ended', from: ASSISTANT, body },
      (seq) => {
        this.#parts.book.close(trigger)
        this.#parts.erasure.noteQuotes(seq, more.quotes ?? [])
      },
    )
    this.#parts.show(ended)
  }
}

function statusOf({ finish }: Completion): ReplyStatus {
  if (finish === 'filter') return 'filtered'
  return finish === 'length' ? 'interrupted' : 'complete'
}
