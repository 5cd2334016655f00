import { randomUUID } from 'node:crypto'

import type { GroupEvent } from '../../src/protocol/events.ts'
import type { ClientFrame, ServerFrame, Welcome } from '../../src/protocol/frames.ts'
import { ConnectionLost, firstMessage } from './connection-lost.ts'
import { LogCopy } from './log-copy.ts'

export type SeenFrame = ServerFrame | { readonly type: 'pong' }
export type FrameType = SeenFrame['type']
export type Seen<T extends FrameType> = Extract<SeenFrame, { type: T }>
export type EventFrame = Seen<'event'>

/** A frame that is answered under its own id; the id is made up where none is given. */
type Request = Extract<ClientFrame, { id: string }>
type WithOptionalId<F> = F extends { id: string } ? Omit<F, 'id'> & { id?: string } : never
type Answer = Seen<'ack'> | Seen<'refused'> | Seen<'page'>

export interface ConnectOptions {
  readonly since?: number
  readonly epoch?: string
}

const ANSWER_MS = 10_000
const LAST_FRAMES = 12

/**
 * One connection of a member, over a real socket. Waits are for frames, never for time; one that is
 * not met fails with what was seen instead.
 *
 * @example
 * const { seq } = await ada.say('hello')
 * expect(await ben.nextEvent('message')).toMatchObject({ seq, body: { text: 'hello' } })
 */
export class Member {
  readonly welcome: Welcome
  /** Every frame in order, those of a batch one by one, without the welcome. */
  readonly frames: SeenFrame[] = []
  /** Resolves with the close code, whoever closes. */
  readonly closed: Promise<number>

  readonly #socket: WebSocket
  readonly #log: LogCopy
  readonly #taken = new Set<SeenFrame>()
  readonly #waiting = new Set<() => void>()
  #closeCode: number | undefined

  /** Redeems a ticket; resolves with the `welcome`, rejects where the upgrade is refused. */
  static async open(
    url: string,
    group: string,
    ticket: string,
    options: ConnectOptions = {},
  ): Promise<Member> {
    const address = new URL(`${url.replace(/^http/, 'ws')}/api/groups/${group}/socket`)
    if (options.since !== undefined) address.searchParams.set('since', String(options.since))
    if (options.epoch !== undefined) address.searchParams.set('epoch', options.epoch)
    const socket = new WebSocket(address, ['parley.v1', `ticket.${ticket}`])
    // Frames that follow the welcome may arrive before anybody had time to look at it.
    const early: string[] = []
    let receive = (text: string): unknown => early.push(text)
    socket.addEventListener('message', ({ data }) => receive(String(data)))
    await firstMessage(socket, ANSWER_MS)
    const [first = '', ...rest] = early
    const welcome: ServerFrame = JSON.parse(first)
    if (welcome.type !== 'welcome') throw new Error(`the first frame was ${first}`)
    const member = new Member(socket, welcome, options.since ?? 0)
    receive = (text) => member.#receive(text)
    for (const text of rest) member.#receive(text)
    return member
  }

  private constructor(socket: WebSocket, welcome: Welcome, since: number) {
    this.#socket = socket
    this.welcome = welcome
    this.#log = new LogCopy(welcome, since, (after) => {
      this.send({ type: 'fetch', id: `gap-${after}`, after, limit: 100 })
    })
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code }) => {
        this.#closeCode = code
        resolve(code)
        for (const look of this.#waiting) look()
      })
    })
  }

  /** The log as this client has it, by applying rule P10. */
  get events(): readonly GroupEvent[] {
    return this.#log.events
  }

  get head(): number {
    return this.#log.head
  }

  get isOpen(): boolean {
    return this.#closeCode === undefined && this.#socket.readyState === WebSocket.OPEN
  }

  /** Sends anything: a frame, or text as it is. */
  send(raw: string | ClientFrame): void {
    this.#socket.send(typeof raw === 'string' ? raw : JSON.stringify(raw))
  }

  /** Sends a request and resolves with the `ack`, `page` or `refused` that carries its id. */
  async request(frame: WithOptionalId<Request>): Promise<Answer> {
    const id = frame.id ?? randomUUID()
    this.send({ ...frame, id })
    return await this.answerTo(id)
  }

  /** The `ack`, `page` or `refused` that carries the id of a request. */
  async answerTo(id: string): Promise<Answer> {
    return await this.next((seen): seen is Answer => isAnswer(seen) && seen.id === id)
  }

  /** Says something and resolves with its `ack`; a refusal is a failed test. */
  async say(
    text: string,
    options: { id?: string; replyTo?: number; mentions?: readonly string[] } = {},
  ): Promise<Seen<'ack'>> {
    return await this.#accepted({ type: 'say', text, ...options })
  }

  async edit(target: number, text: string): Promise<Seen<'ack'>> {
    return await this.#accepted({ type: 'edit', target, text })
  }

  async recall(target: number): Promise<Seen<'ack'>> {
    return await this.#accepted({ type: 'recall', target })
  }

  async react(target: number, emoji: string, on = true): Promise<Seen<'ack'>> {
    return await this.#accepted({ type: 'react', target, emoji, on })
  }

  async fetch(query: { after?: number; before?: number; limit: number }): Promise<Seen<'page'>> {
    const answer = await this.request({ type: 'fetch', ...query })
    if (answer.type !== 'page') throw new Error(`fetch got ${JSON.stringify(answer)}`)
    return answer
  }

  /** The earliest frame, of a type or that passes a test, which no wait has returned before. */
  async next<T extends FrameType>(type: T, withinMs?: number): Promise<Seen<T>>
  async next<F extends SeenFrame>(
    test: (frame: SeenFrame) => frame is F,
    withinMs?: number,
  ): Promise<F>
  async next(test: (frame: SeenFrame) => boolean, withinMs?: number): Promise<SeenFrame>
  async next(
    wanted: FrameType | ((frame: SeenFrame) => boolean),
    withinMs = ANSWER_MS,
  ): Promise<SeenFrame> {
    const test = typeof wanted === 'string' ? (frame: SeenFrame) => frame.type === wanted : wanted
    let at = 0
    const look = (): SeenFrame | undefined => {
      for (; at < this.frames.length; at += 1) {
        const frame = this.frames[at]
        if (frame === undefined || this.#taken.has(frame) || !test(frame)) continue
        this.#taken.add(frame)
        return frame
      }
      return undefined
    }
    return await this.#until(look, typeof wanted === 'string' ? `'${wanted}'` : 'a frame', withinMs)
  }

  /** The next event of a kind. */
  async nextEvent<K extends GroupEvent['kind']>(
    kind: K,
    withinMs?: number,
  ): Promise<Extract<EventFrame, { kind: K }>> {
    return await this.next(
      (frame): frame is Extract<EventFrame, { kind: K }> =>
        frame.type === 'event' && frame.kind === kind,
      withinMs,
    )
  }

  /** Resolves when this client's copy of the log reaches `seq`. */
  async caughtUp(seq: number, withinMs = ANSWER_MS): Promise<void> {
    await this.#until(() => (this.head >= seq ? true : undefined), `head ${seq}`, withinMs)
  }

  /** Resolves when all that this connection sent before has had its effect, here and on the log. */
  async settled(): Promise<void> {
    const { events } = await this.fetch({ after: this.head, limit: 100 })
    await this.caughtUp(events.at(-1)?.seq ?? 0)
  }

  async close(): Promise<void> {
    this.#socket.close(1000)
    await this.closed
  }

  async #accepted(frame: WithOptionalId<Request>): Promise<Seen<'ack'>> {
    const answer = await this.request(frame)
    if (answer.type !== 'ack') throw new Error(`${frame.type} got ${JSON.stringify(answer)}`)
    return answer
  }

  #receive(data: string): void {
    const frame: SeenFrame = data === 'pong' ? { type: 'pong' } : JSON.parse(data)
    this.#take(frame)
    for (const look of this.#waiting) look()
  }

  #take(frame: SeenFrame): void {
    if (frame.type === 'batch') {
      for (const inner of frame.frames) this.#take(inner)
      return
    }
    this.frames.push(frame)
    if (frame.type === 'sync') this.send({ type: 'synced', n: frame.n })
    else this.#log.take(frame)
  }

  async #until<T>(look: () => T | undefined, what: string, withinMs: number): Promise<T> {
    return await new Promise((resolve, reject) => {
      const settle = (done: () => void): void => {
        clearTimeout(timer)
        this.#waiting.delete(check)
        done()
      }
      const fail = (why: string): void =>
        settle(() => {
          const words = `${this.welcome.you.name} waited for ${what}: ${why}. ${this.#recent()}`
          reject(this.isOpen ? new Error(words) : new ConnectionLost(words))
        })
      const check = (): void => {
        const found = look()
        if (found !== undefined) settle(() => resolve(found))
        else if (this.#closeCode !== undefined) fail(`closed with ${this.#closeCode}`)
      }
      const timer = setTimeout(() => fail(`not in ${withinMs} ms`), withinMs)
      this.#waiting.add(check)
      check()
    })
  }

  #recent(): string {
    const last = this.frames.slice(-LAST_FRAMES).map((frame) => JSON.stringify(frame).slice(0, 200))
    return `Last of ${this.frames.length} frames:\n  ${last.join('\n  ')}`
  }
}

function isAnswer(frame: SeenFrame): frame is Answer {
  return frame.type === 'ack' || frame.type === 'refused' || frame.type === 'page'
}
