/**
 * A short print of a request's content, to tell a repeated request from another one under the same
 * id. FNV-1a over UTF-16 units, twice with different seeds, 64 bits together
 * (http://www.isthe.com/chongo/tech/comp/fnv/). It has to be synchronous, and nobody gains by
 * forging it: the id is the author's own.
 */
export function printOf(content: unknown): string {
  const text = JSON.stringify(content)
  let [one, other] = [0x811c9dc5, 0x01234567]
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    one = Math.imul(one ^ unit, 0x01000193)
    other = Math.imul(other ^ unit, 0x01000193)
  }
  return hex(one) + hex(other)
}

function hex(state: number): string {
  return (state >>> 0).toString(16).padStart(8, '0')
}
