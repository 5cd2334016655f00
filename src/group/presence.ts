import type { Connections } from './connections.ts'
import type { Fanout } from './fanout.ts'

/** How long comings, goings and readings are collected before everyone hears of them. */
const COLLECT_MS = 200

/** Above this many connections, who has read how far is not passed on. */
const READERS_SHOWN = 50

/** How long a typing sign holds, and how often one is passed on. */
const TYPING_MS = 8_000
const TYPING_EVERY_MS = 3_000

/**
 * Who is here, who types, who has read how far. None of it is durable. It is collected, so that a
 * thousand people who join cost each of them one frame and not a thousand.
 */
export class Presence {
  readonly #connections: Connections
  readonly #fanout: Fanout
  readonly #on = new Set<string>()
  readonly #off = new Set<string>()
  readonly #read = new Map<string, number>()
  readonly #typedAt = new Map<string, number>()
  #isCollecting = false

  constructor(connections: Connections, fanout: Fanout) {
    this.#connections = connections
    this.#fanout = fanout
  }

  came(member: string): void {
    if (!this.#off.delete(member)) this.#on.add(member)
    this.#collect()
  }

  went(member: string): void {
    this.#typedAt.delete(member)
    if (!this.#on.delete(member)) this.#off.add(member)
    this.#collect()
  }

  read(member: string, seq: number): void {
    if (this.#connections.count > READERS_SHOWN) return
    this.#read.set(member, seq)
    this.#collect()
  }

  /** Passes a typing sign on to the others, at most every few seconds for one member. */
  typing(member: string, on: boolean, now: number): void {
    const before = this.#typedAt.get(member)
    if (on && before !== undefined && now - before < TYPING_EVERY_MS) return
    if (!on && before === undefined) return
    if (on) this.#typedAt.set(member, now)
    else this.#typedAt.delete(member)
    for (const connection of this.#connections.all()) {
      if (connection.member !== member) {
        connection.tell({ type: 'typing', from: member, forMs: on ? TYPING_MS : 0 })
      }
    }
  }

  #collect(): void {
    if (this.#isCollecting) return
    this.#isCollecting = true
    setTimeout(() => {
      this.#isCollecting = false
      this.#announce()
    }, COLLECT_MS)
  }

  #announce(): void {
    if (this.#on.size > 0 || this.#off.size > 0) {
      const count = this.#connections.present(Date.now()).size
      const frame = { type: 'presence', on: [...this.#on], off: [...this.#off], count }
      this.#fanout.publish(JSON.stringify(frame))
    }
    for (const [from, seq] of this.#read) {
      this.#fanout.publish(JSON.stringify({ type: 'read', from, seq }))
    }
    this.#on.clear()
    this.#off.clear()
    this.#read.clear()
  }
}
