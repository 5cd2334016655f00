import { signal } from '@preact/signals'

import type { LogEvent } from '../link/received.ts'

/** Who is typing, each until their sign runs out or their message is there. */
export class TypingSigns {
  readonly members = signal<readonly string[]>([])
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()

  hear(member: string, forMs: number): void {
    this.#forget(member)
    if (forMs <= 0) return
    this.#timers.set(
      member,
      setTimeout(() => this.#forget(member), forMs),
    )
    this.members.value = [...this.members.value, member]
  }

  spoke(event: LogEvent): void {
    if (event.kind === 'message') this.#forget(event.from)
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  #forget(member: string): void {
    clearTimeout(this.#timers.get(member))
    if (!this.#timers.delete(member)) return
    this.members.value = this.members.value.filter((one) => one !== member)
  }
}
