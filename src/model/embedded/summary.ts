import { ASSISTANT } from '../../protocol/events.ts'
import type { Ask, Line } from '../ask.ts'
import { isQuestion, withoutAddress } from './questions.ts'
import { contentWords, hasUrl, withoutUrls } from './words.ts'

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

/** A line with the words that carry its meaning; finding them is most of the work. */
interface Said {
  readonly line: Line
  readonly words: readonly string[]
}

/** Picks the lines out of the newest ones that a reader should not have missed. */
export function summarize(ask: Ask): Summary {
  const lines = ask.transcript.recent(ask.question.seq, LINES_READ).filter((line) => {
    // What was asked of the assistant is between it and the asker.
    const isAddressed = withoutAddress(line.text, ask.assistantName) !== line.text
    return line.from !== ASSISTANT && !isAddressed && line.text.trim() !== ''
  })
  const said = lines.map((line) => ({ line, words: contentWords(withoutUrls(line.text)) }))
  const sorted = rank(said).map((each) => ({ line: each.line, section: sectionOf(each, said) }))
  const sections = {
    decisions: linesOf('decisions'),
    tasks: linesOf('tasks'),
    questions: linesOf('questions'),
    links: linesOf('links'),
    highlights: linesOf('highlights'),
  }
  return {
    lines: lines.length,
    people: new Set(lines.map(({ from }) => from)).size,
    ...pick(sections),
  }

  function linesOf(section: Section): readonly Line[] {
    return sorted.filter((each) => each.section === section).map(({ line }) => line)
  }
}

// A line of each section before a second one of any, so that none crowds out the others.
function pick(sections: Summary['sections']): Pick<Summary, 'sections'> {
  const picked = { decisions: 0, tasks: 0, questions: 0, links: 0, highlights: 0 }
  let count = 0
  for (let place = 0; place < LINES_PER_SECTION; place += 1) {
    for (const section of SECTIONS) {
      const most = section === 'highlights' ? LINES_WORTH_READING : LINES_QUOTED
      if (place >= sections[section].length || count >= most) continue
      picked[section] += 1
      count += 1
    }
  }
  const best = (section: Section) =>
    sections[section].slice(0, picked[section]).toSorted((a, b) => a.seq - b.seq)
  return {
    sections: {
      decisions: best('decisions'),
      tasks: best('tasks'),
      questions: best('questions'),
      links: best('links'),
      highlights: best('highlights'),
    },
  }
}

// The most central line first: one whose words others use too. A laugh has no words.
function rank(said: readonly Said[]): readonly Said[] {
  const counts = new Map<string, number>()
  for (const { words } of said) {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return said
    .map((each, at) => {
      const shared = each.words.reduce((sum, word) => sum + Math.log(counts.get(word) ?? 1), 0)
      // The root keeps long lines from winning by length alone; of equals the newer one wins.
      const score = shared / Math.sqrt(Math.max(1, each.words.length)) + at / (said.length * 2)
      return { each, score }
    })
    .filter(({ each }) => each.words.length > 0 || hasUrl(each.line.text))
    .toSorted((a, b) => b.score - a.score)
    .map(({ each }) => each)
}

function sectionOf(each: Said, said: readonly Said[]): Section {
  const text = withoutUrls(each.line.text)
  if (isQuestion(text)) {
    const isOpen = each.words.length > 1 && !said.some((other) => answers(other, each))
    return isOpen ? 'questions' : 'highlights'
  }
  if (DECISION.test(text)) return 'decisions'
  if (TASK.test(text)) return 'tasks'
  return hasUrl(each.line.text) ? 'links' : 'highlights'
}

// Somebody else came back to its words later, and not with a question.
function answers(other: Said, question: Said): boolean {
  if (other.line.seq <= question.line.seq || other.line.from === question.line.from) return false
  return !isQuestion(other.line.text) && other.words.some((word) => question.words.includes(word))
}
