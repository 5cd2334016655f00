import { setTimeout as pause } from 'node:timers/promises'

import type { GroupEvent } from '../../src/protocol/events.ts'
import type { Acked } from './check-log.ts'
import { ConnectionLost } from './connection-lost.ts'
import type { Member } from './member.ts'
import type { Person } from './person.ts'

interface Draft {
  readonly id: string
  readonly text: string
}

/** How many messages are under way without an ack. */
const WINDOW = 4
const RETRY_MS = 2_000

/**
 * A member who writes without a pause and never gives up: what was not acknowledged when a connection
 * died is sent again over the next one, in its order and under its ids.
 */
export class Writer {
  /** In the order of sending. */
  readonly acked: Acked[] = []
  /** Every event that reached this client, over all its connections. */
  readonly seen: GroupEvent[] = []
  duplicates = 0
  resets = 0

  readonly #person: Person
  readonly #group: string
  readonly #pending: Draft[] = []
  #written = 0
  #head = 0
  #epoch: string | undefined
  #finishing = false
  #moved = Promise.withResolvers<void>()

  constructor(person: Person, group: string) {
    this.#person = person
    this.#group = group
  }

  get head(): number {
    return this.#head
  }

  /** The server is up again, at this address. */
  moveTo(url: string): void {
    this.#person.url = url
    this.#moved.resolve()
    this.#moved = Promise.withResolvers()
  }

  /** Writes nothing new; `run` ends when the rest is acknowledged. */
  finish(): void {
    this.#finishing = true
  }

  async run(): Promise<void> {
    while (!this.#finishing || this.#pending.length > 0) {
      const moved = this.#moved.promise
      try {
        await this.#write(await this.#connect())
      } catch (error) {
        if (!isLoss(error)) throw error
        // A server that closes connections without dying is tried again as well, a little later.
        await Promise.race([moved, pause(RETRY_MS)])
      }
    }
  }

  /** Connects once more and reads on to the end of the log. */
  async catchUp(seq: number): Promise<void> {
    const member = await this.#connect()
    await member.caughtUp(seq)
    this.#remember(member)
    await member.close()
  }

  async readLog(group: string): Promise<readonly GroupEvent[]> {
    return await this.#person.readLog(group)
  }

  async #connect(): Promise<Member> {
    const since = this.#epoch === undefined ? {} : { since: this.#head, epoch: this.#epoch }
    const member = await this.#person.connect(this.#group, since)
    if (this.#epoch !== undefined && member.welcome.mode !== 'resumed') this.resets += 1
    this.#epoch = member.welcome.epoch
    return member
  }

  /** Writes over one connection until it dies, or until there is nothing left to write. */
  async #write(member: Member): Promise<void> {
    try {
      for (let sent = 0; ;) {
        while (sent < WINDOW && (sent < this.#pending.length || !this.#finishing)) {
          this.#send(member, this.#draft(sent))
          sent += 1
        }
        const first = this.#pending.shift()
        if (first === undefined) return
        const retryMs = await this.#settle(member, first)
        sent -= 1
        if (retryMs === undefined) continue
        // It goes behind what is under way already: from now on it was sent later than that.
        this.#pending.splice(sent, 0, first)
        await pause(retryMs)
        this.#send(member, first)
        sent += 1
      }
    } finally {
      this.#remember(member)
    }
  }

  #send(member: Member, draft: Draft): void {
    member.send({ type: 'say', ...draft })
  }

  /** Takes the answer to a draft: undefined for an ack, or how long to wait before trying again. */
  async #settle(member: Member, draft: Draft): Promise<number | undefined> {
    const answer = await member.answerTo(draft.id).catch((error: unknown) => {
      this.#pending.unshift(draft)
      throw error
    })
    if (answer.type === 'refused' && answer.code === 'too_fast') return answer.retryAfterMs ?? 0
    if (answer.type !== 'ack' || answer.seq === null) {
      throw new Error(`${draft.id} got ${JSON.stringify(answer)}`)
    }
    this.acked.push({ from: this.#person.id, id: draft.id, seq: answer.seq })
    if (answer.duplicate) this.duplicates += 1
    return undefined
  }

  #draft(at: number): Draft {
    const draft = this.#pending[at] ?? { id: `w-${this.#written}`, text: `line ${this.#written}` }
    if (at === this.#pending.length) {
      this.#written += 1
      this.#pending.push(draft)
    }
    return draft
  }

  #remember(member: Member): void {
    this.seen.push(...member.welcome.events)
    for (const frame of member.frames) {
      if (frame.type !== 'event') continue
      const { type: _, ...event } = frame
      this.seen.push(event)
    }
    this.#head = member.head
  }
}

function isLoss(error: unknown): boolean {
  return (
    error instanceof ConnectionLost ||
    (error instanceof TypeError && /fetch failed|terminated/.test(error.message))
  )
}
