const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARS = 14

/** A new id for a request: the time, then some 70 random bits; sorts by age. */
export function newId(now: number = Date.now()): string {
  // randomUUID is missing on plain http outside localhost; getRandomValues is everywhere.
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_CHARS))
  const random = Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length))
  return `${now.toString(36)}-${random.join('')}`
}
