import type { Language, Line } from '../ask.ts'
import { phrase } from './phrases.ts'
import { normalize } from './words.ts'

// Enough to recognize a line by; its number leads to the rest.
const QUOTE_CHARS = 200

// What a long quote shows before the first word that was asked for.
const LEAD_CHARS = 60

/** A line quoted word for word with its author and its seq; of a long one the part with a word in it. */
export function quoteOf(language: Language, line: Line, words: readonly string[] = []): string {
  const { text, isStart, isEnd } = excerpt(line.text, words)
  const values = { quote: text, name: toOneLine(line.name), seq: line.seq }
  if (isStart) return phrase(language, isEnd ? 'quote' : 'quoteStart', values)
  return phrase(language, isEnd ? 'quoteEnd' : 'quoteMiddle', values)
}

/** A name as it can stand inside a sentence. */
export function toOneLine(name: string): string {
  return name.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
}

interface Excerpt {
  readonly text: string
  readonly isStart: boolean
  readonly isEnd: boolean
}

function excerpt(text: string, words: readonly string[]): Excerpt {
  const whole = text.trim()
  const paragraphs = whole
    .split(/[\r\n\v\f\u0085\u2028\u2029]+/)
    .filter((part) => part.trim() !== '')
  const at = Math.max(
    0,
    paragraphs.findIndex((part) => placeOf(part, words) >= 0),
  )
  const paragraph = (paragraphs[at] ?? '').trim()
  // Code points, so that no cut goes through the middle of a character.
  const points = Array.from(paragraph)
  const place = Array.from(paragraph.slice(0, Math.max(0, placeOf(paragraph, words)))).length
  const latest = Math.max(0, points.length - QUOTE_CHARS)
  const from = place < QUOTE_CHARS - LEAD_CHARS ? 0 : Math.min(place - LEAD_CHARS, latest)
  const to = Math.min(points.length, from + QUOTE_CHARS)
  return {
    text: points.slice(from, to).join(''),
    isStart: at === 0 && from === 0,
    isEnd: at >= paragraphs.length - 1 && to === points.length,
  }
}

// Normalizing may move places by a few characters; the lead makes up for that.
function placeOf(text: string, words: readonly string[]): number {
  const normalized = normalize(text)
  const places = words.map((word) => normalized.indexOf(word)).filter((place) => place >= 0)
  return places.length === 0 ? -1 : Math.min(...places)
}
