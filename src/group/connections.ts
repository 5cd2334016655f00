import type { Language } from '../model/ask.ts'
import type { ServerFrame } from '../protocol/frames.ts'

/** Ten bad frames in this time end a connection ([P21]). */
const STRIKE_WINDOW_MS = 60_000
const STRIKES = 10

/** How long after the last sign of life a connection still counts as present ([P19]). */
const HEARD_MS = 95_000

/** Frames that change nothing which one connection may send at once, and then a second; see `floods`. */
const VAIN_BURST = 4_000
const VAIN_PER_SECOND = 500

/** Codes that the runtime reports but that no endpoint may send. */
const UNSENDABLE = new Set([1005, 1006, 1015])

/** What survives a connection's sleep, next to its socket; at most 16 KiB. */
interface Attachment {
  readonly version: 2
  /** Names the connection for as long as it is open. */
  readonly id: string
  readonly member: string
  readonly language: Language
  readonly openedAt: number
  /** When the session behind it ends, in milliseconds since 1970. */
  readonly expiresAt: number
  /** When its recent bad frames came, in milliseconds since 1970. */
  readonly strikes: readonly number[]
  /** The newest seq it said it read. */
  readonly readSeq: number
  /** Where its member's pace stood after it last did what the log does not show; see `Pace`. */
  readonly pace: number
}

/** One open socket of a member. */
export class Connection {
  readonly socket: WebSocket
  readonly #lastPing: () => number
  #attachment: Attachment
  #heardAt: number
  #isOver = false
  // Memory is enough: it is calm again before its object could fall asleep.
  #calmAt = 0

  constructor(socket: WebSocket, attachment: Attachment, lastPing: () => number) {
    this.socket = socket
    this.#attachment = attachment
    this.#lastPing = lastPing
    this.#heardAt = attachment.openedAt
  }

  get id(): string {
    return this.#attachment.id
  }

  get member(): string {
    return this.#attachment.member
  }

  /** When its session ends, in milliseconds since 1970. */
  get expiresAt(): number {
    return this.#attachment.expiresAt
  }

  get language(): Language {
    return this.#attachment.language
  }

  /** Where its member's pace stood; see `Pace`. */
  get fullAt(): number {
    return this.#attachment.pace
  }

  get readSeq(): number {
    return this.#attachment.readSeq
  }

  /** Whether it was closed from here, whatever its client makes of that. */
  get isOver(): boolean {
    return this.#isOver || this.socket.readyState !== WebSocket.OPEN
  }

  /** Whether anything was heard of it lately: a frame, or a ping that the runtime answered. */
  isPresent(now: number): boolean {
    if (this.isOver) return false
    return now - this.#heardAt < HEARD_MS || now - this.#lastPing() < HEARD_MS
  }

  heard(now: number): void {
    this.#heardAt = now
  }

  /** Puts it under a newer session of the same member. */
  renew(expiresAt: number): void {
    this.#keep({ ...this.#attachment, expiresAt })
  }

  read(seq: number): void {
    this.#keep({ ...this.#attachment, readSeq: seq })
  }

  /** Keeps where its member's pace stands, so that it survives a sleep. */
  pace(fullAt: number): void {
    this.#keep({ ...this.#attachment, pace: fullAt })
  }

  /** Counts a frame that changes nothing; true when there are so many that it has to pause. */
  floods(now: number): boolean {
    this.#calmAt = Math.max(this.#calmAt, now) + 1_000 / VAIN_PER_SECOND
    return this.#calmAt - now > VAIN_BURST * (1_000 / VAIN_PER_SECOND)
  }

  /** Counts a bad frame; true when it was one too many. */
  strike(now: number): boolean {
    const strikes = [...this.#attachment.strikes.filter((at) => at > now - STRIKE_WINDOW_MS), now]
    this.#keep({ ...this.#attachment, strikes })
    return strikes.length >= STRIKES
  }

  tell(frame: ServerFrame): void {
    this.send(JSON.stringify(frame))
  }

  /** Sends an encoded frame. A socket that is going away misses it, and finds it in the log. */
  send(encoded: string): void {
    try {
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send(encoded)
    } catch {
      // It closed between the look and the send; its close event follows.
    }
  }

  close(code: number, reason: string): void {
    this.#isOver = true
    try {
      this.socket.close(UNSENDABLE.has(code) ? 1000 : code, reason)
    } catch {
      // Already closed.
    }
  }

  /**
   * Closes it for good. The probe before the close asks for one frame more: a socket from which
   * nothing has come yet, not even a ping, would have its close frame at once but its end only when
   * the object sleeps, since the runtime takes a close that is its first message for no end
   * (kj-http.c++, `WebSocketPipeImpl::BlockedReceive::tryPumpFrom`).
   */
  dismiss(code: number, reason: string): void {
    this.tell({ type: 'sync', n: 1 })
    this.close(code, reason)
  }

  #keep(attachment: Attachment): void {
    this.#attachment = attachment
    this.socket.serializeAttachment(attachment)
  }
}

/** The open sockets of a group: found again after sleep, then kept in one list. */
export class Connections {
  readonly #ctx: DurableObjectState
  readonly #open = new Map<WebSocket, Connection>()
  readonly #byMember = new Map<string, Set<Connection>>()
  // Looked up at every message, and looked for only when it may have changed.
  #firstExpiry: number | undefined

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
    for (const socket of ctx.getWebSockets()) {
      const attachment: unknown = socket.deserializeAttachment()
      if (isAttachment(attachment)) this.#add(socket, attachment)
    }
  }

  get count(): number {
    return this.#open.size
  }

  all(): IterableIterator<Connection> {
    return this.#open.values()
  }

  of(socket: WebSocket): Connection | undefined {
    return this.#open.get(socket)
  }

  ofMember(member: string): readonly Connection[] {
    return [...(this.#byMember.get(member) ?? [])]
  }

  /** Where members' paces stood when their connections last kept it. */
  paces(): ReadonlyMap<string, number> {
    const paces = new Map<string, number>()
    for (const { member, fullAt } of this.#open.values()) {
      paces.set(member, Math.max(fullAt, paces.get(member) ?? 0))
    }
    return paces
  }

  /** Members with a connection that was heard of lately. */
  present(now: number): ReadonlySet<string> {
    const members = new Set<string>()
    for (const connection of this.#open.values()) {
      if (connection.isPresent(now)) members.add(connection.member)
    }
    return members
  }

  /** When the first session behind a connection ends, in milliseconds since 1970. */
  firstExpiry(): number | undefined {
    this.#firstExpiry ??= [...this.#open.values()].reduce(
      (first, { expiresAt }) => Math.min(first, expiresAt),
      Infinity,
    )
    return Number.isFinite(this.#firstExpiry) ? this.#firstExpiry : undefined
  }

  /** Puts a connection under a newer session. */
  renew(connection: Connection, expiresAt: number): void {
    connection.renew(expiresAt)
    this.#firstExpiry = undefined
  }

  /** Takes a socket over for a member; the runtime holds it while the object sleeps. */
  open(
    socket: WebSocket,
    opened: Pick<Attachment, 'member' | 'language' | 'expiresAt' | 'readSeq'>,
  ): Connection {
    const id = `c_${crypto.randomUUID().replaceAll('-', '')}`
    const attachment: Attachment = {
      version: 2,
      id,
      openedAt: Date.now(),
      strikes: [],
      pace: 0,
      ...opened,
    }
    this.#ctx.acceptWebSocket(socket)
    socket.serializeAttachment(attachment)
    return this.#add(socket, attachment)
  }

  drop(connection: Connection): void {
    this.#open.delete(connection.socket)
    this.#firstExpiry = undefined
    const others = this.#byMember.get(connection.member)
    others?.delete(connection)
    if (others?.size === 0) this.#byMember.delete(connection.member)
  }

  #add(socket: WebSocket, attachment: Attachment): Connection {
    const lastPing = () => this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0
    const connection = new Connection(socket, attachment, lastPing)
    this.#open.set(socket, connection)
    if (this.#firstExpiry !== undefined) {
      this.#firstExpiry = Math.min(this.#firstExpiry, attachment.expiresAt)
    }
    const others = this.#byMember.get(connection.member) ?? new Set()
    this.#byMember.set(connection.member, others.add(connection))
    return connection
  }
}

function isAttachment(value: unknown): value is Attachment {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 2
}
