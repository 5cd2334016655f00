// A stress message carries its number between two of these; nothing else on the wire does.
const MARK = 0x7e
const DIGITS = 8
const MARKED_BYTES = DIGITS + 2

const SYNC = '"type":"sync","n":'
const SYNC_BYTES = SYNC.length + 16

/** What is kept of one chunk for the case that something was cut in two. */
const CARRY_BYTES = Math.max(MARKED_BYTES, SYNC_BYTES)

/** The text of stress message `number`, `size` characters long. */
export function markedText(number: number, size: number): string {
  return `~${String(number).padStart(DIGITS, '0')}~`.padEnd(size, 'x')
}

/**
 * Finds the numbers of stress messages in what one connection receives, without parsing any of it:
 * at half a million deliveries a second, JSON.parse would be what is measured.
 */
export class Scanner {
  #carry: Buffer = Buffer.alloc(0)
  readonly #onNumber: (number: number) => void
  readonly #onSync: (n: number) => void

  constructor(onNumber: (number: number) => void, onSync: (n: number) => void) {
    this.#onNumber = onNumber
    this.#onSync = onSync
  }

  take(bytes: Buffer): void {
    if (this.#carry.length > 0) {
      // Only what begins in the old chunk and ends in the new one; the rest is found below.
      const border = this.#carry.length
      const seam = Buffer.concat([this.#carry, bytes.subarray(0, CARRY_BYTES)])
      this.#scan(seam, (at, end) => at < border && end > border)
    }
    this.#scan(bytes, () => true)
    const kept =
      bytes.length >= CARRY_BYTES
        ? bytes.subarray(bytes.length - CARRY_BYTES)
        : Buffer.concat([this.#carry, bytes]).subarray(-CARRY_BYTES)
    this.#carry = Buffer.from(kept)
  }

  #scan(bytes: Buffer, counts: (at: number, end: number) => boolean): void {
    for (let at = bytes.indexOf(MARK); at >= 0; ) {
      const end = at + MARKED_BYTES
      if (bytes[end - 1] === MARK) {
        if (counts(at, end)) this.#onNumber(numberAt(bytes, at + 1))
        at = bytes.indexOf(MARK, end)
      } else at = bytes.indexOf(MARK, at + 1)
    }
    for (let at = bytes.indexOf(SYNC); at >= 0; at = bytes.indexOf(SYNC, at + 1)) {
      const close = bytes.indexOf(0x7d, at)
      if (close >= 0 && counts(at, close + 1)) {
        this.#onSync(Number(bytes.toString('latin1', at + SYNC.length, close)))
      }
    }
  }
}

function numberAt(bytes: Buffer, at: number): number {
  let number = 0
  for (let digit = 0; digit < DIGITS; digit += 1) number = number * 10 + Number(bytes[at + digit]) - 48
  return number
}
