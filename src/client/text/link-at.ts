// What ends an address inside prose: white space, quotes, and the full-width marks of Chinese.
const ADDRESS = /^https?:\/\/[^\s<>"'`，。！？；：、（）【】「」『』《》“”‘’]+/i

// An address is rarely longer, and looking further would make many half addresses expensive.
const MOST_CHARS = 2_000

const TRAILING = '.,;:!?*_~'

interface FoundLink {
  readonly length: number
  readonly inline: { readonly is: 'link'; readonly href: string; readonly text: string }
}

/** The web address that begins at `at`, if there is one. Only `http` and `https` are addresses. */
export function linkAt(text: string, at: number): FoundLink | null {
  if (/\w/.test(text[at - 1] ?? '') || !/^http/i.test(text.slice(at, at + 4))) return null
  const match = ADDRESS.exec(text.slice(at, at + MOST_CHARS))?.[0]
  if (match === undefined) return null
  const shown = withoutTail(match)
  const url = URL.parse(shown)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  return { length: shown.length, inline: { is: 'link', href: url.href, text: shown } }
}

// A full stop or an unmatched bracket after an address belongs to the sentence.
function withoutTail(address: string): string {
  let end = address.length
  for (; end > 0; end -= 1) {
    const mark = address.charAt(end - 1)
    const isLoose = mark === ')' && count(address, ')', end) > count(address, '(', end)
    const isLooseSquare = mark === ']' && count(address, ']', end) > count(address, '[', end)
    if (!TRAILING.includes(mark) && !isLoose && !isLooseSquare) break
  }
  return address.slice(0, end)
}

function count(text: string, mark: string, end: number): number {
  let found = 0
  for (let at = 0; at < end; at += 1) if (text[at] === mark) found += 1
  return found
}
