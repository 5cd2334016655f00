import { linkAt } from './link-at.ts'

/** A piece of a line. */
export type Inline =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'break' }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'bold'; readonly inlines: readonly Inline[] }
  | { readonly is: 'link'; readonly href: string; readonly text: string }
  | { readonly is: 'mention'; readonly member: string; readonly text: string }
  | { readonly is: 'reference'; readonly seq: number }

/** A piece of a message, from margin to margin. */
export type Block =
  | { readonly is: 'paragraph'; readonly inlines: readonly Inline[] }
  | { readonly is: 'heading'; readonly inlines: readonly Inline[] }
  | { readonly is: 'quote'; readonly inlines: readonly Inline[] }
  | {
      readonly is: 'list'
      /** The first number; `null` for bullets. */
      readonly start: number | null
      readonly items: readonly (readonly Inline[])[]
    }
  | { readonly is: 'code'; readonly language: string; readonly text: string }

/** What a text is read with. */
export interface Reading {
  /** Names that may follow an `@`, longest first, and whose they are. */
  readonly names: readonly { readonly name: string; readonly member: string }[]
}

const FENCE = /^\s{0,3}```\s*([\w+#.-]{0,32})/
const BULLET = /^\s{0,6}[-*•]\s+(.*)$/
const NUMBERED = /^\s{0,6}\d{1,3}(?:[.)]\s+|、)(.*)$/
const HEADING = /^#{1,6}\s+(.*)$/
const QUOTED = /^>\s?(.*)$/

/**
 * Cuts a text where blocks end for good, so that of a growing text only the last piece has to be
 * read again. Joined by line breaks, the pieces are the text.
 */
export function splitBlocks(text: string): readonly string[] {
  const pieces: string[][] = []
  let piece: string[] = []
  let isInFence = false
  const close = () => {
    if (piece.length > 0) pieces.push(piece)
    piece = []
  }
  for (const line of text.split('\n')) {
    const isFence = FENCE.test(line)
    if (isFence && !isInFence) close()
    if (isInFence || line.trim() !== '') piece.push(line)
    else close()
    if (isFence) {
      if (isInFence) close()
      isInFence = !isInFence
    }
  }
  close()
  return pieces.map((lines) => lines.join('\n'))
}

/** Reads one piece of `splitBlocks`. */
export function parseBlocks(piece: string, reading: Reading): readonly Block[] {
  const lines = piece.split('\n')
  const fence = FENCE.exec(lines[0] ?? '')
  if (fence !== null) {
    const isClosed = lines.length > 1 && FENCE.test(lines.at(-1) ?? '')
    const text = lines.slice(1, isClosed ? -1 : undefined).join('\n')
    return [{ is: 'code', language: fence[1] ?? '', text }]
  }
  const blocks: Block[] = []
  for (let at = 0; at < lines.length;) {
    const end = endOfKind(lines, at)
    blocks.push(toBlock(kindOf(lines[at] ?? ''), lines.slice(at, end), reading))
    at = end
  }
  return blocks
}

type LineKind = 'paragraph' | 'bullet' | 'numbered' | 'heading' | 'quote'

function kindOf(line: string): LineKind {
  if (BULLET.test(line)) return 'bullet'
  if (NUMBERED.test(line)) return 'numbered'
  if (HEADING.test(line)) return 'heading'
  return QUOTED.test(line) ? 'quote' : 'paragraph'
}

// Where the lines of one kind end that begins at `at`; a heading is one line.
function endOfKind(lines: readonly string[], at: number): number {
  const kind = kindOf(lines[at] ?? '')
  if (kind === 'heading') return at + 1
  const end = lines.findIndex((line, index) => index > at && kindOf(line) !== kind)
  return end < 0 ? lines.length : end
}

function toBlock(kind: LineKind, lines: readonly string[], reading: Reading): Block {
  const without = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1] ?? line)
  const read = (text: string) => parseInlines(text, reading)
  switch (kind) {
    case 'bullet':
      return { is: 'list', start: null, items: without(BULLET).map(read) }
    case 'numbered':
      return {
        is: 'list',
        start: Number.parseInt(lines[0] ?? '', 10),
        items: without(NUMBERED).map(read),
      }
    case 'heading':
      return { is: 'heading', inlines: read(without(HEADING).join('\n')) }
    case 'quote':
      return { is: 'quote', inlines: read(without(QUOTED).join('\n')) }
    case 'paragraph':
      return { is: 'paragraph', inlines: read(lines.join('\n')) }
  }
}

/** Reads the pieces of one or several lines. Takes time in proportion to the text. */
export function parseInlines(text: string, reading: Reading): readonly Inline[] {
  const inlines: Inline[] = []
  let plainFrom = 0
  const put = (at: number, end: number, inline: Inline): number => {
    if (at > plainFrom) inlines.push({ is: 'text', text: text.slice(plainFrom, at) })
    inlines.push(inline)
    plainFrom = end
    return end
  }
  for (let at = 0; at < text.length;) {
    const found = inlineAt(text, at, reading)
    at = found === null ? at + 1 : put(at, at + found.length, found.inline)
  }
  if (plainFrom < text.length) inlines.push({ is: 'text', text: text.slice(plainFrom) })
  return inlines
}

interface Found {
  readonly length: number
  readonly inline: Inline
}

function inlineAt(text: string, at: number, reading: Reading): Found | null {
  switch (text[at]) {
    case '\n':
      return { length: 1, inline: { is: 'break' } }
    case '`':
      return codeAt(text, at)
    case '*':
      return boldAt(text, at, reading)
    case 'h':
    case 'H':
      return linkAt(text, at)
    case '@':
      return mentionAt(text, at, reading)
    case '#':
      return referenceAt(text, at)
    default:
      return null
  }
}

function codeAt(text: string, at: number): Found | null {
  const end = text.indexOf('`', at + 1)
  const code = text.slice(at + 1, end)
  if (end < 0 || code === '' || code.includes('\n')) return null
  return { length: end + 1 - at, inline: { is: 'code', text: code } }
}

// Marks count only when they cling to what they mark; 2 ** 3 ** 4 stays as it is.
function boldAt(text: string, at: number, reading: Reading): Found | null {
  if (text[at + 1] !== '*') return null
  const end = text.indexOf('**', at + 2)
  const inside = text.slice(at + 2, end)
  if (end < 0 || inside === '' || inside !== inside.trim() || inside.includes('\n')) return null
  const inlines = parseInlines(inside, reading)
  return { length: end + 2 - at, inline: { is: 'bold', inlines } }
}

function mentionAt(text: string, at: number, { names }: Reading): Found | null {
  if (/[\w@]/.test(text[at - 1] ?? '')) return null
  const rest = text.slice(at + 1, at + 1 + 80)
  const folded = rest.toLowerCase()
  for (const { name, member } of names) {
    if (name === '' || !folded.startsWith(name.toLowerCase())) continue
    // In scripts that put spaces between words, @Ann is not the beginning of @Anna.
    if (/\w/.test(name.at(-1) ?? '') && /\w/.test(rest[name.length] ?? '')) continue
    const shown = `@${rest.slice(0, name.length)}`
    return { length: shown.length, inline: { is: 'mention', member, text: shown } }
  }
  return null
}

function referenceAt(text: string, at: number): Found | null {
  if (/[\w#&/]/.test(text[at - 1] ?? '')) return null
  const digits = /^\d{1,9}(?!\w)/.exec(text.slice(at + 1, at + 12))?.[0]
  if (digits === undefined) return null
  return { length: digits.length + 1, inline: { is: 'reference', seq: Number(digits) } }
}
