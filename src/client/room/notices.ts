import { signal } from '@preact/signals'

import type { Reasoned } from './refusal.ts'

// Notices are for now; a day of them in the list would hide the conversation.
const MOST_NOTICES = 20

/** Something that only the reader sees, shown after the entry with seq `after`. */
export type Notice = {
  readonly key: string
  readonly at: number
  readonly after: number
  /** A text of one's own that came to nothing and can be taken back into the box. */
  readonly restore?: { readonly target: number; readonly text: string }
} & ({ readonly text: string } | { readonly refusal: Reasoned })

type WithoutKey<N> = N extends Notice ? Omit<N, 'key' | 'at'> : never

/** Private lines between the entries of a group, newest last. */
export class Notices {
  readonly all = signal<readonly Notice[]>([])
  #count = 0

  add(notice: WithoutKey<Notice>): void {
    this.#count += 1
    const next = { ...notice, key: `notice-${this.#count}`, at: Date.now() }
    this.all.value = [...this.all.value, next].slice(-MOST_NOTICES)
  }

  dismiss(key: string): void {
    this.all.value = this.all.value.filter((notice) => notice.key !== key)
  }
}
