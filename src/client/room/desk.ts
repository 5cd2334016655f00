import type { Signal } from '@preact/signals'
import { signal } from '@preact/signals'

import { itemAt } from '../store/timeline.ts'
import { articleOf } from './article.ts'
import { Draft } from './draft.ts'
import type { Room } from './room.ts'

/** A group's screen as one person sits at it: the group, what they write, where they look. */
export class Desk {
  readonly room: Room
  readonly draft: Draft
  /** The key of the row whose tools are out. */
  readonly active: Signal<string | null> = signal(null)
  /** The seq of the message that was just gone to. */
  readonly shown: Signal<number | null> = signal(null)

  constructor(room: Room) {
    this.room = room
    this.draft = new Draft(room)
  }

  /** Whether a message is on the page, so that one can go to it. */
  has(seq: number): boolean {
    return itemAt(this.room.timeline.value, seq) !== undefined
  }

  /** Brings a message into sight and gives it the focus. */
  goTo(seq: number): void {
    const article = articleOf(seq)
    article?.scrollIntoView({ block: 'center' })
    article?.focus({ preventScroll: true })
    this.shown.value = seq
  }
}
