/**
 * A short print of a request's content, to tell a repeated request from another one under the same
 * id. FNV-1a over UTF-16 units, twice with different seeds, 64 bits together
 * (http://www.isthe.com/chongo/tech/comp/fnv/). It has to be synchronous, and nobody gains by
 * forging it: the id is the author's own.
 */
export function printOf(content: unknown): string {
  const text = JSON.stringify(content)
  return hash(text, 0x811c9dc5) + hash(text, 0x01234567)
}

function hash(text: string, seed: number): string {
  let state = seed
  for (let at = 0; at < text.length; at += 1) {
    state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  }
  return (state >>> 0).toString(16).padStart(8, '0')
}
