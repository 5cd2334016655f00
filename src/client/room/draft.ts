import { signal } from '@preact/signals'
import type { Signal } from '@preact/signals'

import type { Message, Reply } from '../store/item.ts'
import { keepDraft, keptDraft } from './kept.ts'
import type { Room } from './room.ts'

/** What the text in the box will become. */
export type Purpose =
  | { readonly is: 'new' }
  | { readonly is: 'reply'; readonly to: Message | Reply }
  | { readonly is: 'edit'; readonly target: number }

/** The text that is being written, and what for. It outlives a reload. */
export class Draft {
  readonly text: Signal<string>
  readonly purpose = signal<Purpose>({ is: 'new' })
  /** Grows whenever the box should get the focus. */
  readonly calls = signal(0)
  readonly #room: Room
  // What stood in the box before an edit began; it comes back afterwards.
  #aside = ''

  constructor(room: Room) {
    this.#room = room
    this.text = signal(keptDraft(room.group))
  }

  write(text: string): void {
    this.text.value = text
    if (this.purpose.value.is !== 'edit') keepDraft(this.#room.group, text)
  }

  reply(to: Message | Reply): void {
    this.cancel()
    this.purpose.value = { is: 'reply', to }
    this.calls.value += 1
  }

  edit(target: number, text: string): void {
    if (this.purpose.value.is !== 'edit') this.#aside = this.text.value
    this.purpose.value = { is: 'edit', target }
    this.write(text)
    this.calls.value += 1
  }

  /** Puts a text that came to nothing back into the box, after what stands there. */
  takeBack(text: string): void {
    this.write([this.text.value, text].filter((part) => part.trim() !== '').join('\n'))
    this.calls.value += 1
  }

  /** Leaves an edit or a quote; what was being written stays. */
  cancel(): void {
    const wasEdit = this.purpose.value.is === 'edit'
    this.purpose.value = { is: 'new' }
    if (wasEdit) this.write(this.#aside)
    this.#aside = ''
  }

  /** Hands the text to the group; an empty one is nothing to send. */
  submit(): boolean {
    const text = this.text.value.trim()
    if (text === '') return false
    const purpose = this.purpose.value
    if (purpose.is === 'edit') {
      this.#room.edit(purpose.target, text)
      this.cancel()
      return true
    }
    this.#room.say(text, purpose.is === 'reply' ? purpose.to.seq : null)
    this.purpose.value = { is: 'new' }
    this.write('')
    return true
  }
}
