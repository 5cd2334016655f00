import type { Ask, Completion, Model } from '../model/ask.ts'
import { log } from '../ops/log.ts'
import type { WordList } from '../pipeline/words.ts'
import { ASSISTANT } from '../protocol/events.ts'
import type { EventBodies, ReplyStatus } from '../protocol/events.ts'
import type { ReplySnapshot } from '../protocol/frames.ts'
import type { Reason } from './alarms.ts'
import { DeltaStream } from './delta-stream.ts'
import type { Erasure } from './erasure.ts'
import { Places } from './places.ts'
import { ReplyStopped } from './reply-stopped.ts'
import type { NewEvent, StoredEvent, Timeline } from './timeline.ts'

/** How long a reply may go without a checkpoint before it counts as orphaned. */
const LEASE_MS = 30_000

/** When the text so far is written down: this long after, or this much more, than last time. */
const CHECKPOINT_MS = 1_000
const CHECKPOINT_CHARS = 2_048

/** How long a reply may take in all, waiting for its turn included; [P11] allows 150 s. */
const DEADLINE_MS = 135_000

/** Model calls of one group that run at once; the platform allows six that wait for headers. */
const CALLS_AT_ONCE = 4

/** What is to be answered, and for whom. */
export interface Question {
  /** The seq of the message that asks. */
  readonly trigger: number
  /** The reply that this one is another answer to. */
  readonly again?: number
  readonly asker: string
}

interface Running {
  readonly reply: number
  readonly question: Question
  readonly stream: DeltaStream
  readonly abort: AbortController
}

/** What replies need of the room around them. */
export interface ReplyParts {
  readonly group: () => string
  readonly sql: SqlStorage
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
  readonly onFailure: () => void
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

  /** Writes down that a message will be answered; call it inside its transaction. */
  promise({ trigger, again, asker }: Question): void {
    this.#parts.sql.exec(
      `INSERT INTO replies VALUES (?, NULL, ?, ?, '', ?)`,
      trigger,
      again ?? null,
      asker,
      Date.now() + LEASE_MS,
    )
  }

  /** Takes a promise back: the message is not answered after all. */
  waive(trigger: number): void {
    this.#parts.sql.exec('DELETE FROM replies WHERE trigger_seq = ?', trigger)
  }

  isRunning(trigger: number): boolean {
    const rows = this.#parts.sql.exec('SELECT 1 FROM replies WHERE trigger_seq = ?', trigger)
    return rows.toArray().length > 0
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
    if (!this.#isPromised(question.trigger)) return
    const ask = this.#parts.ask(question)
    if (!ask) return this.waive(question.trigger)
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
          this.#checkpoint(question.trigger, stream.text, now)
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
    const { due } = this.#parts.sql
      .exec<{ due: number | null }>('SELECT min(lease_until) AS due FROM replies')
      .one()
    return due ?? undefined
  }

  /** Ends what a crash orphaned, and renews the lease of what still runs. */
  async run(now: number): Promise<boolean> {
    const rows = this.#parts.sql
      .exec<ReplyRow>('SELECT * FROM replies WHERE lease_until <= ?', now)
      .toArray()
    for (const row of rows) {
      const question = toQuestion(row)
      if (row.reply === null) {
        await this.answer(question)
      } else if (this.#running.has(row.reply)) {
        const text = this.#running.get(row.reply)?.stream.text ?? ''
        this.#checkpoint(question.trigger, text, now)
      } else {
        this.#close(row.reply, question.trigger, 'interrupted', row.text, 'model')
      }
    }
    return rows.length > 0
  }

  #isPromised(trigger: number): boolean {
    const rows = this.#parts.sql.exec(
      'SELECT 1 FROM replies WHERE trigger_seq = ? AND reply IS NULL',
      trigger,
    )
    return rows.toArray().length > 0
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
      this.#parts.sql.exec(
        'UPDATE replies SET reply = ?, lease_until = ? WHERE trigger_seq = ?',
        seq,
        Date.now() + LEASE_MS,
        trigger,
      )
    })
    const reply = started.seq
    const stream = new DeltaStream(this.#parts.words, this.#parts.listeners, (piece) => {
      this.#parts.publish(JSON.stringify({ type: 'delta', reply, run: 1, ...piece }))
    })
    const running = { reply, question, stream, abort: new AbortController() }
    this.#running.set(reply, running)
    this.#parts.show(started)
    this.#parts.arm()
    return running
  }

  #checkpoint(trigger: number, text: string, now: number): void {
    this.#parts.sql.exec(
      'UPDATE replies SET text = ?, lease_until = ? WHERE trigger_seq = ?',
      text,
      now + LEASE_MS,
      trigger,
    )
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
    this.#parts.onFailure()
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
        this.waive(trigger)
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

type ReplyRow = {
  trigger_seq: number
  reply: number | null
  again: number | null
  asker: string
  text: string
  lease_until: number
}

function toQuestion({ trigger_seq, asker, again }: ReplyRow): Question {
  return { trigger: trigger_seq, asker, ...(again !== null && { again }) }
}
