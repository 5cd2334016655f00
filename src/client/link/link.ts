import type { ClientFrame } from '../../protocol/frames.ts'
import { SUBPROTOCOL } from '../../protocol/frames.ts'
import { PAGE_EVENTS, SILENCE_MS } from '../../protocol/limits.ts'
import { backoffMs } from './backoff.ts'
import { wallClock } from './clock.ts'
import type { Clock } from './clock.ts'
import { Heartbeat } from './heartbeat.ts'
import { newId } from './id.ts'
import { Outbox } from './outbox.ts'
import type { DurableRequest } from './outbox.ts'
import { Pages } from './pages.ts'
import type { Page, PageQuery } from './pages.ts'
import { verdictOfClose, verdictOfTicket } from './reason.ts'
import type { Reason, Verdict } from './reason.ts'
import { parseServerFrame } from './received.ts'
import type { LiveFrame, LogEvent, ReceivedFrame, ReceivedWelcome } from './received.ts'
import { Sequence } from './sequence.ts'
import { openWebSocket } from './socket.ts'
import type { OpenSocket, Socket } from './socket.ts'

// A connection that lived this long was a good one, and the next failure begins from the start.
const PROVEN_MS = 10_000

export type LinkState =
  | { readonly at: 'connecting' }
  | { readonly at: 'live' }
  | { readonly at: 'waiting'; readonly until: number; readonly reason: Reason }
  | { readonly at: 'stopped'; readonly reason: Reason }

/** What a client hears, in this order: the state, a welcome, its entries, then whatever happens. */
export interface LinkListener {
  onState(state: LinkState): void
  /** The entries follow in `onEvents`; unless the mode is `resumed`, forget the ones from before. */
  onWelcome(welcome: ReceivedWelcome): void
  /** Entries of the log, in order, each once, without holes ([P10]). */
  onEvents(events: readonly LogEvent[]): void
  onFrame(frame: LiveFrame): void
}

export interface LinkOptions {
  /** Where the server is, as in `https://chat.example`. */
  readonly origin: string
  readonly group: string
  /** Fetches a fresh ticket for every attempt; throws `TicketRefused` when the server says no. */
  readonly ticket: () => Promise<string>
  readonly listener: LinkListener
  /** Requests from before, to be sent first. */
  readonly unsent?: readonly DurableRequest[]
  readonly openSocket?: OpenSocket
  readonly clock?: Clock
  readonly random?: () => number
}

/** Frames that are worth something now or never. */
export type Hint = Extract<
  ClientFrame,
  { readonly type: 'read' | 'typing' | 'stop' | 'again' | 'synced' }
>

/** A member's standing connection to a group. It comes back by itself until it is told not to. */
export interface GroupLink {
  /** Sends now or after the next welcome, under the same id until it is answered. */
  send(request: DurableRequest): void
  /** Sends now, or not at all. */
  hint(frame: Hint): void
  fetch(query: PageQuery): Promise<Page>
  /** Connects at once, whatever it was waiting for. */
  retryNow(): void
  /** Gives the connection up, because the caller knows that there is no network. */
  drop(): void
  close(): void
}

/** Connects to a group and stays connected. */
export function connectGroup(options: LinkOptions): GroupLink {
  const link = new Link(options)
  link.retryNow()
  return link
}

class Link implements GroupLink {
  readonly #options: LinkOptions
  readonly #clock: Clock
  readonly #heartbeat: Heartbeat
  readonly #sequence = new Sequence()
  readonly #outbox = new Outbox()
  readonly #pages = new Pages(newId)
  #socket: Socket | null = null
  // Counts attempts for life, so that whatever an older one still brings can be told apart.
  #era = 0
  #failures = 0
  #isLive = false
  #bye: { readonly retry: boolean; readonly afterMs: number } | null = null
  #cancel: () => void = () => {}

  constructor(options: LinkOptions) {
    this.#options = options
    this.#clock = options.clock ?? wallClock
    this.#heartbeat = new Heartbeat(
      this.#clock,
      () => this.#socket?.send('ping'),
      () => this.#end({ reason: 'lost', retry: true }),
    )
    for (const request of options.unsent ?? []) this.#outbox.add(request)
  }

  send(request: DurableRequest): void {
    this.#outbox.add(request)
    this.#flush()
  }

  hint(frame: Hint): void {
    if (this.#isLive) this.#write(frame)
  }

  fetch(query: PageQuery): Promise<Page> {
    const { frame, page } = this.#pages.ask(query)
    if (this.#isLive) this.#write(frame)
    return page
  }

  retryNow(): void {
    if (this.#socket === null) void this.#connect()
  }

  drop(): void {
    if (this.#era > 0) this.#end({ reason: 'offline', retry: true })
  }

  close(): void {
    this.#leave()
    this.#pages.abandon()
  }

  async #connect(): Promise<void> {
    this.#leave()
    const era = this.#era
    this.#options.listener.onState({ at: 'connecting' })
    let ticket
    try {
      ticket = await this.#options.ticket()
    } catch (cause) {
      if (era === this.#era) this.#end(verdictOfTicket(cause))
      return
    }
    if (era !== this.#era) return
    const open = this.#options.openSocket ?? openWebSocket
    this.#cancel = this.#clock.after(SILENCE_MS, () => this.#end({ reason: 'lost', retry: true }))
    this.#socket = open(this.#url(), [SUBPROTOCOL, `ticket.${ticket}`], {
      onText: (text) => {
        if (era === this.#era) this.#receive(text)
      },
      onClose: (code) => {
        if (era === this.#era) this.#end(verdictOfClose(code))
      },
    })
  }

  #url(): string {
    const { origin, group } = this.#options
    const url = new URL(`/api/groups/${encodeURIComponent(group)}/socket`, origin)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const position = this.#sequence.position
    if (position !== null) {
      url.searchParams.set('since', String(position.since))
      url.searchParams.set('epoch', position.epoch)
    }
    return url.href
  }

  #receive(text: string): void {
    this.#heartbeat.heard()
    if (text === 'pong') return
    const frame = parseServerFrame(text)
    if (frame !== null) this.#handle(frame)
  }

  #handle(frame: ReceivedFrame): void {
    const { listener } = this.#options
    switch (frame.type) {
      case 'welcome':
        return this.#begin(frame)
      case 'event':
        return this.#take([frame.event])
      case 'page':
        if (this.#pages.settle(frame) === 'repair') this.#mend(frame.events)
        return
      case 'batch':
        return frame.frames.forEach((inner) => this.#handle(inner))
      case 'sync':
        return this.hint({ type: 'synced', n: frame.n })
      case 'bye':
        this.#bye = { retry: frame.retry ?? frame.code < 4500, afterMs: frame.afterMs ?? 0 }
        return
      case 'ack':
      case 'refused':
        if (frame.id !== null) this.#outbox.settle(frame.id)
        if (frame.type === 'refused' && this.#pages.refuse(frame)) {
          this.#clock.after(frame.retryAfterMs ?? 1_000, () => this.#repair())
        } else listener.onFrame(frame)
        return this.#flush()
      default:
        listener.onFrame(frame)
    }
  }

  #begin(welcome: ReceivedWelcome): void {
    this.#cancel()
    this.#cancel = this.#clock.after(PROVEN_MS, () => {
      this.#failures = 0
    })
    this.#isLive = true
    this.#heartbeat.start()
    this.#options.listener.onState({ at: 'live' })
    this.#options.listener.onWelcome(welcome)
    this.#options.listener.onEvents(this.#sequence.welcome(welcome))
    for (const frame of this.#pages.unanswered()) this.#write(frame)
    this.#repair()
    this.#flush()
  }

  #take(events: readonly LogEvent[]): void {
    const taken = this.#sequence.take(events)
    if (taken.length > 0) this.#options.listener.onEvents(taken)
    this.#repair()
  }

  // A repair that mends nothing would be asked for without end; a new connection decides afresh.
  #mend(events: readonly LogEvent[]): void {
    const before = this.#sequence.position?.since
    this.#take(events)
    if (this.#sequence.position?.since === before) this.#end({ reason: 'lost', retry: true })
  }

  // A hole closes from its lower edge; entries beyond it come again with the page ([P10]).
  #repair(): void {
    const position = this.#sequence.position
    if (!this.#isLive || !this.#sequence.isBehind || position === null) return
    const frame = this.#pages.repair({ after: position.since, limit: PAGE_EVENTS })
    if (frame !== null) this.#write(frame)
  }

  #flush(): void {
    const request = this.#isLive ? this.#outbox.next() : undefined
    if (request !== undefined) this.#write(request)
  }

  #write(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame))
  }

  #end(verdict: Verdict): void {
    const bye = this.#bye
    this.#leave()
    const { listener, random = Math.random } = this.#options
    const { reason } = verdict
    if (!(bye?.retry ?? verdict.retry)) return listener.onState({ at: 'stopped', reason })
    const delay = (bye?.afterMs ?? 0) + backoffMs(this.#failures, random)
    this.#failures += 1
    this.#cancel = this.#clock.after(delay, () => void this.#connect())
    listener.onState({ at: 'waiting', until: this.#clock.now() + delay, reason })
  }

  #leave(): void {
    this.#era += 1
    this.#cancel()
    this.#heartbeat.stop()
    this.#outbox.rewind()
    this.#pages.dropRepair()
    this.#isLive = false
    this.#bye = null
    this.#socket?.close()
    this.#socket = null
  }
}
