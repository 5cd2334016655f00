import { connect } from 'node:net'
import type { Socket } from 'node:net'

const SWITCHED = 'HTTP/1.1 101'
const END_OF_HEAD = '\r\n\r\n'
const UPGRADE_MS = 30_000

/**
 * A WebSocket client that is cheap enough to have a thousand of: it writes text frames, and hands
 * over the bytes that arrive as they are, frames and all, for whoever scans them.
 */
export class RawSocket {
  readonly #socket: Socket

  static async open(
    url: URL,
    protocols: readonly string[],
    onBytes: (bytes: Buffer) => void,
  ): Promise<RawSocket> {
    const socket = connect(Number(url.port), url.hostname)
    socket.setNoDelay(true)
    socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        `Sec-WebSocket-Protocol: ${protocols.join(', ')}${END_OF_HEAD}`,
    )
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the upgrade took too long')), UPGRADE_MS)
      let head = Buffer.alloc(0)
      socket.once('error', reject)
      socket.on('data', function untilUpgraded(bytes) {
        head = Buffer.concat([head, bytes])
        const end = head.indexOf(END_OF_HEAD)
        if (end < 0) return
        clearTimeout(late)
        socket.off('data', untilUpgraded)
        if (!head.toString('latin1', 0, SWITCHED.length).startsWith(SWITCHED)) {
          reject(new Error(`the upgrade was refused: ${head.toString('utf8', 0, 300)}`))
          return
        }
        socket.on('data', onBytes)
        const rest = head.subarray(end + END_OF_HEAD.length)
        if (rest.length > 0) onBytes(rest)
        resolve()
      })
    })
    // A connection that dies is found by what did not arrive.
    socket.on('error', () => socket.destroy())
    return new RawSocket(socket)
  }

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.readyState === 'open'
  }

  /** Sends one text frame. Its mask is all zeros, which the protocol allows and which costs nothing. */
  send(text: string): void {
    const payload = Buffer.from(text)
    const long = payload.length > 125
    const frame = Buffer.alloc((long ? 8 : 6) + payload.length)
    frame[0] = 0x81
    frame[1] = 0x80 | (long ? 126 : payload.length)
    if (long) frame.writeUInt16BE(payload.length, 2)
    payload.copy(frame, frame.length - payload.length)
    this.#socket.write(frame)
  }

  close(): void {
    this.#socket.destroy()
  }
}
