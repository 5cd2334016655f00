import { signal } from '@preact/signals'

import type { LiveFrame, LogEvent } from '../link/received.ts'
import type { Outgoing } from '../store/outgoing.ts'
import { withAck, withoutLogged, withRefusal } from '../store/outgoing.ts'
import { keepOutgoing, keptOutgoing } from './kept.ts'

type Answer<Type extends LiveFrame['type']> = Extract<LiveFrame, { readonly type: Type }>

/** What one has said and the log does not show yet. It outlives a reload of the tab. */
export class OwnMessages {
  readonly waiting = signal<readonly Outgoing[]>([])
  readonly #group: string
  readonly #me: string

  constructor(group: string, me: string) {
    this.#group = group
    this.#me = me
    this.waiting.value = keptOutgoing(group, me)
  }

  add(frame: Outgoing['frame']): void {
    this.#keep([...this.waiting.value, { frame, at: Date.now() }])
  }

  discard(id: string): void {
    this.#keep(this.waiting.value.filter(({ frame }) => frame.id !== id))
  }

  acknowledged(ack: Answer<'ack'>, last: number): void {
    this.#keep(withAck(this.waiting.value, ack, last))
  }

  /** Takes a refusal that is meant for one of them; true if it was. */
  refused(refusal: Answer<'refused'>): boolean {
    const isOurs = this.waiting.value.some(({ frame }) => frame.id === refusal.id)
    if (isOurs) this.#keep(withRefusal(this.waiting.value, refusal))
    return isOurs
  }

  logged(events: readonly LogEvent[]): void {
    this.#keep(withoutLogged(this.waiting.value, events, this.#me))
  }

  #keep(waiting: readonly Outgoing[]): void {
    if (waiting === this.waiting.value) return
    this.waiting.value = waiting
    keepOutgoing(this.#group, this.#me, waiting)
  }
}
