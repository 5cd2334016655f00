import type { GroupEvent } from '../../src/protocol/events.ts'
import type { ServerFrame, Welcome } from '../../src/protocol/frames.ts'

/** A client's copy of a group's log, kept by rule P10: apply the next, fetch on a gap, drop the rest. */
export class LogCopy {
  readonly events: GroupEvent[]
  #head: number
  /** The highest seq that was heard of; what lies between it and the head was missed. */
  #newest: number
  #fetchingAfter: number | undefined
  readonly #fetch: (after: number) => void

  constructor(welcome: Welcome, since: number, fetch: (after: number) => void) {
    const first = welcome.events[0]?.seq ?? welcome.head + 1
    this.#head = welcome.mode === 'resumed' ? since : first - 1
    this.#newest = welcome.head
    this.#fetch = fetch
    this.events = []
    for (const event of welcome.events) this.#apply(event)
    this.#fillGap()
  }

  get head(): number {
    return this.#head
  }

  take(frame: ServerFrame | { readonly type: 'pong' }): void {
    if (frame.type === 'event') {
      const { type: _, ...event } = frame
      this.#newest = Math.max(this.#newest, event.seq)
      this.#apply(event)
      this.#fillGap()
    } else if (frame.type === 'page' && frame.id === `gap-${this.#fetchingAfter}`) {
      this.#fetchingAfter = undefined
      // A page that brings nothing new is not asked for again.
      if (frame.events.filter((event) => this.#apply(event)).length > 0) this.#fillGap()
    }
  }

  #apply(event: GroupEvent): boolean {
    if (event.seq !== this.#head + 1) return false
    this.events.push(event)
    this.#head = event.seq
    return true
  }

  #fillGap(): void {
    if (this.#fetchingAfter !== undefined || this.#newest <= this.#head) return
    this.#fetchingAfter = this.#head
    this.#fetch(this.#head)
  }
}
