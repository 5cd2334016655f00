import { ASSISTANT } from '../../protocol/events.ts'
import type { Ask, Line } from '../ask.ts'
import { isQuestion, withoutAddress } from './questions.ts'
import { contentWords, hasUrl, withoutUrls, wordFinder } from './words.ts'

/** The kinds of line that a summary picks out, in the order in which it tells them. */
export const SECTIONS = ['decisions', 'tasks', 'questions', 'links', 'highlights'] as const
export type Section = (typeof SECTIONS)[number]

/** What a summary is made of: real lines, sorted into sections, each with its lines oldest first. */
export interface Summary {
  readonly lines: number
  readonly people: number
  readonly sections: Readonly<Record<Section, readonly Line[]>>
}

const LINES_READ = 200
const LINES_QUOTED = 6

// No section takes the whole summary; what is merely central fills up to a few lines, not more.
const LINES_PER_SECTION = 3
const LINES_WORTH_READING = 3

const DECISION =
  /\b(?:decided|decision|agreed|settled|approved|confirmed|final(?:ly|ized)?|let'?s go with|we(?:'ll| will) go with|going with|it'?s official)\b|决定|定了|定下|敲定|拍板|就这么|一致同意|通过了|结论|确定(?!吗)|最终|改为|改到/i
const TASK =
  /\b(?:to-?do|action item|i(?:'ll| will)|can you|could you|please|needs? to|has to|have to|must|deadline|due|remember to|don'?t forget|follow up|assigned?)\b|待办|我来|负责|麻烦|请(?!问)|需要|截止|之前(?:完成|交|发|给)|记得|别忘|跟进|安排/i

/** Picks the lines out of the newest ones that a reader should not have missed. */
export function summarize(ask: Ask): Summary {
  const lines = ask.transcript.recent(ask.question.seq, LINES_READ).filter((line) => {
    // What was asked of the assistant is between it and the asker.
    const isAddressed = withoutAddress(line.text, ask.assistantName) !== line.text
    return line.from !== ASSISTANT && !isAddressed && line.text.trim() !== ''
  })
  const words = lines.map((line) => contentWords(withoutUrls(line.text)))
  const ranked = rank(lines, words)
  const sections: Record<Section, Line[]> = {
    decisions: [],
    tasks: [],
    questions: [],
    links: [],
    highlights: [],
  }
  let count = 0
  const pick = (section: Section, line: Line) => {
    if (count >= LINES_QUOTED || sections[section].length >= LINES_PER_SECTION) return
    sections[section].push(line)
    count += 1
  }
  const sorted = ranked.map((at) => ({ at, section: sectionOf(lines, words, at) }))
  for (const wanted of SECTIONS) {
    for (const { at, section } of sorted) {
      const line = lines[at]
      if (wanted === 'highlights' && count >= LINES_WORTH_READING) break
      if (line && section === wanted) pick(section, line)
    }
  }
  for (const section of SECTIONS) sections[section].sort((a, b) => a.seq - b.seq)
  return { lines: lines.length, people: new Set(lines.map(({ from }) => from)).size, sections }
}

// Positions, the most central line first: one whose words others use too. A laugh has no words.
function rank(lines: readonly Line[], words: readonly (readonly string[])[]): readonly number[] {
  const counts = new Map<string, number>()
  for (const word of words.flat()) counts.set(word, (counts.get(word) ?? 0) + 1)
  const scores = words.map((own, at) => {
    const shared = own.reduce((sum, word) => sum + Math.log(counts.get(word) ?? 1), 0)
    // The root keeps long lines from winning by length alone; of equals the newer one wins.
    return shared / Math.sqrt(Math.max(1, own.length)) + at / (lines.length * 2)
  })
  return lines
    .map((_, at) => at)
    .filter((at) => (words[at] ?? []).length > 0 || hasUrl(lines[at]?.text ?? ''))
    .toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
}

function sectionOf(
  lines: readonly Line[],
  words: readonly (readonly string[])[],
  at: number,
): Section {
  const line = lines[at]
  const own = words[at] ?? []
  const text = withoutUrls(line?.text ?? '')
  if (isQuestion(text)) {
    const isOpen = own.length > 1 && !lines.slice(at + 1).some((later) => answers(later, line, own))
    return isOpen ? 'questions' : 'highlights'
  }
  if (DECISION.test(text)) return 'decisions'
  if (TASK.test(text)) return 'tasks'
  return hasUrl(line?.text ?? '') ? 'links' : 'highlights'
}

// Somebody else came back to its words later, and not with a question.
function answers(later: Line, question: Line | undefined, words: readonly string[]): boolean {
  if (later.from === question?.from || isQuestion(later.text)) return false
  const has = wordFinder(later.text)
  return words.some((word) => has(word))
}
