import { signal } from '@preact/signals'

import { ASSISTANT } from '../../protocol/events.ts'
import type { LogEvent } from '../link/received.ts'

// A burst is summed up, because nobody can listen to ten messages at once.
const COLLECT_MS = 400
const MOST_AT_ONCE = 3

// Long enough for a screen reader to have taken it; then it must not be found a second time.
const KEEP_MS = 4_000

export interface Spoken {
  readonly key: string
  readonly from: string
  readonly text: string
}

export type Announcement =
  | { readonly is: 'spoken'; readonly spoken: Spoken }
  | { readonly is: 'many'; readonly key: string; readonly count: number }

/** What a screen reader is told: finished messages of others, and a burst as a number. */
export class Announcements {
  readonly now = signal<readonly Announcement[]>([])
  #waiting: Spoken[] = []
  #timers = new Set<ReturnType<typeof setTimeout>>()

  hear(events: readonly LogEvent[], me: string): void {
    const spoken = events.flatMap((event) => spokenIn(event, me))
    if (spoken.length === 0) return
    if (this.#waiting.length === 0) this.#later(COLLECT_MS, () => this.#announce())
    this.#waiting.push(...spoken)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #announce(): void {
    const waiting = this.#waiting
    this.#waiting = []
    const lines: readonly Announcement[] =
      waiting.length > MOST_AT_ONCE
        ? [{ is: 'many', key: waiting[0]?.key ?? '', count: waiting.length }]
        : waiting.map((spoken) => ({ is: 'spoken', spoken }))
    this.now.value = [...this.now.value, ...lines]
    this.#later(KEEP_MS, () => {
      this.now.value = this.now.value.filter((line) => !lines.includes(line))
    })
  }

  #later(delayMs: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      task()
    }, delayMs)
    this.#timers.add(timer)
  }
}

function spokenIn(event: LogEvent, me: string): Spoken[] {
  const key = String(event.seq)
  if (event.kind === 'message' && event.from !== me && event.body.gone === undefined) {
    return [{ key, from: event.from, text: event.body.text }]
  }
  if (event.kind === 'reply.ended' && event.body.text !== '') {
    return [{ key, from: ASSISTANT, text: event.body.text }]
  }
  return []
}
