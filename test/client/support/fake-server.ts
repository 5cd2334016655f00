import { connectGroup } from '../../../src/client/link/link.ts'
import type { GroupLink, LinkOptions, LinkState } from '../../../src/client/link/link.ts'
import type { LiveFrame, LogEvent } from '../../../src/client/link/received.ts'
import type { OpenSocket, SocketListener } from '../../../src/client/link/socket.ts'
import { eventFrame } from './events.ts'
import { FakeClock, settle } from './fake-clock.ts'

/** One attempt to connect, seen from the server. */
export class FakeSocket {
  readonly url: URL
  readonly protocols: readonly string[]
  readonly sent: string[] = []
  isOpen = true
  readonly #listener: SocketListener

  constructor(url: string, protocols: readonly string[], listener: SocketListener) {
    this.url = new URL(url)
    this.protocols = protocols
    this.#listener = listener
  }

  /** Sends frames to the client: objects as JSON, entries of the log as `event` frames. */
  tell(...frames: readonly (object | string)[]): void {
    for (const frame of frames) {
      this.#listener.onText(typeof frame === 'string' ? frame : JSON.stringify(frame))
    }
  }

  tellEvents(...events: readonly LogEvent[]): void {
    this.tell(...events.map(eventFrame))
  }

  cut(code: number): void {
    this.isOpen = false
    this.#listener.onClose(code)
  }

  /** What the client has sent, without heartbeats. */
  get frames(): readonly Record<string, unknown>[] {
    return this.sent.filter((text) => text !== 'ping').map((text) => JSON.parse(text))
  }
}

/** A client's link with the other end, the clock and chance in the hands of a test. */
export class FakeServer {
  readonly clock = new FakeClock()
  readonly sockets: FakeSocket[] = []
  readonly states: LinkState[] = []
  readonly events: LogEvent[] = []
  readonly frames: LiveFrame[] = []
  tickets: () => Promise<string> = () => Promise.resolve(`t${this.sockets.length + 1}`)
  random = 0

  async connect(options: Partial<LinkOptions> = {}): Promise<GroupLink> {
    const open: OpenSocket = (url, protocols, listener) => {
      const socket = new FakeSocket(url, protocols, listener)
      this.sockets.push(socket)
      return {
        send: (text) => socket.sent.push(text),
        close: () => {
          socket.isOpen = false
        },
      }
    }
    const link = connectGroup({
      origin: 'https://chat.example',
      group: 'g_lobby',
      ticket: () => this.tickets(),
      listener: {
        onState: (state) => this.states.push(state),
        onWelcome: (frame) => {
          if (frame.mode !== 'resumed') this.events.length = 0
        },
        onEvents: (events) => this.events.push(...events),
        onFrame: (frame) => this.frames.push(frame),
      },
      openSocket: open,
      clock: this.clock,
      random: () => this.random,
      ...options,
    })
    await settle()
    return link
  }

  /** The latest attempt. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1)
    if (socket === undefined) throw new Error('the client has not connected yet')
    return socket
  }

  get state(): LinkState | undefined {
    return this.states.at(-1)
  }

  get seqs(): readonly number[] {
    return this.events.map(({ seq }) => seq)
  }
}
