import { ASSISTANT } from '../../protocol/events.ts'
import type { Ask, Line } from '../ask.ts'
import { isQuestion, withoutAddress } from './questions.ts'
import { contentWords, normalize, withoutUrls, wordFinder } from './words.ts'

/** A line that answers to the words of a question. */
export interface Hit {
  readonly line: Line
  /** How much of the question's meaning the line has, from 0 to 1; rare words weigh more. */
  readonly coverage: number
  /** How many of the question's words the line has. */
  readonly matches: number
}

// Recent storage may hold thousands of lines with a common word; the newest of them are looked at.
const CANDIDATES = 200

// How much being new may count against having more of the words.
const NEWNESS = 0.1

/** The words of a question that say what it is about. */
export function wordsOf(ask: Ask): readonly string[] {
  const own = new Set(contentWords(`${ask.assistantName} ${ASSISTANT} 助手`))
  const words = contentWords(withoutAddress(ask.question.text, ask.assistantName))
  return words.filter((word) => !own.has(word))
}

/**
 * The lines before a question that hold most of its words, best first. Lines of the assistant, lines
 * that merely ask the same, and repetitions are left out. A `wide` search also looks at the names of
 * authors and into links.
 */
export function findLines(
  ask: Ask,
  words: readonly string[],
  options: { readonly wide: boolean },
): readonly Hit[] {
  if (words.length === 0) return []
  const candidates = candidatesOf(ask, words, options.wide)
  const found = candidates.map((line) => {
    const has = wordFinder(options.wide ? `${line.name}\n${line.text}` : withoutUrls(line.text))
    return { line, matched: words.filter((word) => has(word)) }
  })
  const weights = new Map(
    words.map((word) => {
      const count = found.filter(({ matched }) => matched.includes(word)).length
      return [word, Math.log(1 + (candidates.length + 1) / (count + 1))]
    }),
  )
  const weigh = (list: readonly string[]) =>
    list.reduce((sum, word) => sum + (weights.get(word) ?? 0), 0)
  const total = weigh(words)
  const hits = found.map(({ line, matched }, age) => {
    const coverage = weigh(matched) / total
    const score = coverage - (NEWNESS * age) / candidates.length
    return { hit: { line, coverage, matches: matched.length }, score }
  })
  return hits
    .filter(({ hit }) => hit.matches > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ hit }) => hit)
}

// Newest first, each text once.
function candidatesOf(ask: Ask, words: readonly string[], wide: boolean): readonly Line[] {
  const { question, transcript, assistantName } = ask
  const lines = new Map<number, Line>()
  for (const line of transcript.search(question.seq, words, CANDIDATES)) lines.set(line.seq, line)
  if (wide) {
    for (const line of transcript.recent(question.seq, CANDIDATES)) {
      const has = wordFinder(line.name)
      if (words.some((word) => has(word))) lines.set(line.seq, line)
    }
  }
  const texts = new Set<string>()
  return [...lines.values()]
    .toSorted((a, b) => b.seq - a.seq)
    .filter((line) => {
      if (line.from === ASSISTANT || line.seq === question.seq) return false
      if (asksTheSame(line, words, assistantName)) return false
      const text = normalize(line.text).trim()
      if (texts.has(text)) return false
      texts.add(text)
      return true
    })
}

// A question tells nothing unless it holds more than what is asked for.
function asksTheSame(line: Line, asked: readonly string[], assistantName: string): boolean {
  const text = withoutAddress(line.text, assistantName)
  if (!isQuestion(text) && text === line.text) return false
  const words = contentWords(text)
  const news = words.filter((word) => !asked.includes(word))
  return news.length * 3 <= words.length
}
