import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

import { ADMISSION_HEADER } from '../../src/group/api.ts'
import type { Admission, GroupSummary, Outcome } from '../../src/group/api.ts'
import type { Group } from '../../src/group/group.ts'
import type { GroupEvent } from '../../src/protocol/events.ts'
import type { ClientFrame, ServerFrame, Welcome } from '../../src/protocol/frames.ts'

/** How long a test waits for a frame before it fails with what came instead. */
const PATIENCE_MS = 4_000

type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: Type }>

let count = 0

/** A name that no other test uses. */
export function unique(prefix: string): string {
  count += 1
  return `${prefix}${count}_${crypto.randomUUID().slice(0, 8)}`
}

/** A group of its own, founded by `owner`, in the runtime under test. */
export async function foundGroup(owner = 'Ada'): Promise<Table> {
  const id = unique('g_')
  const group = env.GROUPS.getByName(id)
  const person = { id: unique('m_'), name: owner }
  valueOf(await group.found(person, 'Round table'))
  return new Table(id, person)
}

/** The value of an outcome that a test expects to be one. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(`refused: ${outcome.refusal.code}`)
}

/** A group under test and the people who come to it. */
export class Table {
  readonly id: string
  readonly owner: { readonly id: string; readonly name: string }

  constructor(id: string, owner: { readonly id: string; readonly name: string }) {
    this.id = id
    this.owner = owner
  }

  /** What everyone here reads. */
  language: 'en' | 'zh' = 'en'

  /** When the session behind each new connection ends, in milliseconds since 1970. */
  sessionEndsAt = Date.now() + 3_600_000

  /** A new stub each time: one whose object died is of no more use. */
  get group(): DurableObjectStub<Group> {
    return env.GROUPS.getByName(this.id)
  }

  /** Lets someone new in by an invite. */
  async join(name: string, role: 'member' | 'guest' = 'member') {
    const person = { id: unique('m_'), name }
    const hash = unique('hash')
    const terms = { role, uses: 1, expiresAt: Date.now() + 60_000 }
    valueOf(await this.group.invite(this.owner.id, hash, terms))
    const summary: GroupSummary = valueOf(await this.group.join(person, hash))
    return { ...person, role: summary.role }
  }

  /** Opens a connection for a member, with a ticket of its own. */
  async connect(
    member: string = this.owner.id,
    position: { readonly since?: number; readonly epoch?: string } = {},
  ): Promise<Seat> {
    const response = await this.knock(member, position)
    if (!response.webSocket) throw new Error(`not let in: ${response.status}`)
    const seat = new Seat(response.webSocket)
    await seat.next('welcome')
    return seat
  }

  /** The upgrade alone, as the front door sends it. */
  async knock(
    member: string,
    position: { readonly since?: number; readonly epoch?: string } = {},
    ticket = unique('t'),
  ): Promise<Response> {
    const admission: Admission = {
      member,
      ticket,
      expiresAt: Date.now() + 30_000,
      language: this.language,
      sessionEndsAt: this.sessionEndsAt,
    }
    const query = new URLSearchParams(
      Object.entries(position).map(([name, value]) => [name, String(value)]),
    )
    return this.group.fetch(`https://group/socket?${query}`, {
      headers: { upgrade: 'websocket', [ADMISSION_HEADER]: JSON.stringify(admission) },
    })
  }

  /** Lets the object fall asleep: its memory is gone, its connections stay. */
  async sleep(): Promise<void> {
    try {
      await evictDurableObject(this.group)
    } catch (fault) {
      // It may be asleep already.
      if (!String(fault).includes('not currently running')) throw fault
    }
  }

  /** The whole log, as pages give it. */
  async log(): Promise<readonly GroupEvent[]> {
    const events: GroupEvent[] = []
    for (;;) {
      const after = events.at(-1)?.seq ?? 0
      const page = valueOf(await this.group.page(this.owner.id, { after, limit: 100 }))
      events.push(...page.events)
      if (!page.more) return events
    }
  }
}

/** One open connection, which reads like a conversation. */
export class Seat {
  readonly #socket: WebSocket
  /** Every frame that came, batches taken apart. */
  readonly frames: ServerFrame[] = []
  /** The code that the server closed with, once it did. */
  closed: number | undefined
  #seen = 0
  readonly #waiting = new Set<() => void>()
  #requests = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      if (data !== 'pong') this.#take(JSON.parse(String(data)))
      this.#wake()
    })
    socket.addEventListener('close', ({ code }) => {
      this.closed = code
      this.#wake()
    })
    socket.accept()
  }

  get welcome(): Welcome {
    const frame = this.frames.find(({ type }) => type === 'welcome')
    if (frame?.type !== 'welcome') throw new Error('not welcomed yet')
    return frame
  }

  /** The events that came, in the order in which they came. */
  get events(): readonly GroupEvent[] {
    return this.frames.flatMap((frame) => (frame.type === 'event' ? [frame] : []))
  }

  send(frame: ClientFrame | string | ArrayBuffer): void {
    const isRaw = typeof frame === 'string' || frame instanceof ArrayBuffer
    this.#socket.send(isRaw ? frame : JSON.stringify(frame))
  }

  /** Says something and waits for its acknowledgment or refusal. */
  async say(
    text: string,
    more: { readonly id?: string; readonly replyTo?: number; readonly mentions?: string[] } = {},
  ): Promise<FrameOf<'ack'> | FrameOf<'refused'>> {
    return this.ask({ type: 'say', text, id: more.id ?? this.nextId(), ...more })
  }

  /** What a request that was sent before has been answered with. */
  async answer(id: string): Promise<FrameOf<'ack'> | FrameOf<'refused'> | FrameOf<'page'>> {
    return this.#await(
      (frame): frame is FrameOf<'ack'> | FrameOf<'refused'> | FrameOf<'page'> =>
        (frame.type === 'ack' || frame.type === 'refused' || frame.type === 'page') &&
        frame.id === id,
    )
  }

  /** Sends a request and waits for what becomes of it. */
  async ask(
    frame: Extract<ClientFrame, { readonly id: string }>,
  ): Promise<FrameOf<'ack'> | FrameOf<'refused'>> {
    const before = this.frames.length
    this.send(frame)
    return this.#await((other, at): other is FrameOf<'ack'> | FrameOf<'refused'> => {
      const isAnswer = other.type === 'ack' || other.type === 'refused'
      return at >= before && isAnswer && other.id === frame.id
    })
  }

  nextId(): string {
    this.#requests += 1
    return `r${this.#requests}`
  }

  /** The next frame of a type, in the order they came; frames in between are passed over. */
  async next<Type extends ServerFrame['type']>(type: Type): Promise<FrameOf<Type>> {
    const from = this.#seen
    const frame = await this.#await(
      (other, at): other is FrameOf<Type> => at >= from && other.type === type,
    )
    this.#seen = this.frames.indexOf(frame) + 1
    return frame
  }

  /** The first event that fits, whether it came already or comes yet. */
  async event(isWanted: (event: GroupEvent) => boolean): Promise<GroupEvent> {
    return this.#await(
      (frame): frame is FrameOf<'event'> => frame.type === 'event' && isWanted(frame),
    )
  }

  /** Waits until the server closed the connection; its code. */
  async end(): Promise<number> {
    await this.#until(() => this.closed !== undefined)
    return this.closed ?? 0
  }

  close(code = 1000): void {
    this.#socket.close(code)
  }

  async #await<Frame extends ServerFrame>(
    isWanted: (frame: ServerFrame, at: number) => frame is Frame,
  ): Promise<Frame> {
    let found: Frame | undefined
    await this.#until(() => {
      found = this.frames.find((frame, at): frame is Frame => isWanted(frame, at))
      return found !== undefined
    })
    if (!found) throw new Error('unreachable: waited for a frame and have none')
    return found
  }

  async #until(isDone: () => boolean): Promise<void> {
    const patience = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      const came = this.frames.map(({ type }) => type).join(' ')
      patience.reject(new Error(`waited in vain; came: ${came}`))
    }, PATIENCE_MS)
    try {
      while (!isDone()) {
        const news = Promise.withResolvers<void>()
        this.#waiting.add(news.resolve)
        await Promise.race([news.promise, patience.promise])
      }
    } finally {
      clearTimeout(timer)
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #take(frame: ServerFrame): void {
    if (frame.type === 'batch') for (const inner of frame.frames) this.#take(inner)
    else this.frames.push(frame)
  }
}
