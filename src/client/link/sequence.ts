import type { LogEvent, ReceivedWelcome } from './received.ts'

/**
 * Where a client stands in a group's log ([P10]): it takes an entry only when it is the next one, so
 * what it has is always a whole stretch of the log, whatever was lost, doubled or late.
 */
export class Sequence {
  #epoch: string | null = null
  #last = 0
  #seen = 0

  /** The seq up to which everything was taken, and the history it belongs to; `null` before the first `welcome`. */
  get position(): { readonly since: number; readonly epoch: string } | null {
    return this.#epoch === null ? null : { since: this.#last, epoch: this.#epoch }
  }

  /** Whether the server is known to have more than was taken. */
  get isBehind(): boolean {
    return this.#seen > this.#last
  }

  /** Starts over or goes on, as the server decided; returns the entries to apply. */
  welcome(frame: ReceivedWelcome): readonly LogEvent[] {
    this.#epoch = frame.epoch
    if (frame.mode === 'resumed') {
      this.#seen = Math.max(this.#seen, frame.head)
      return this.take(frame.events)
    }
    const first = frame.events[0]
    this.#last = first === undefined ? frame.head : first.seq - 1
    this.#seen = frame.head
    return this.take(frame.events)
  }

  /** Keeps what follows without a hole, drops what is old, and remembers what is missing. */
  take(events: readonly LogEvent[]): readonly LogEvent[] {
    const taken: LogEvent[] = []
    for (const event of events) {
      this.#seen = Math.max(this.#seen, event.seq)
      if (event.seq !== this.#last + 1) continue
      this.#last = event.seq
      taken.push(event)
    }
    return taken
  }
}
