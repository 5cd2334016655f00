import type { Ask, Line } from '../ask.ts'
import type { FaultKind } from '../errors.ts'
import { findLines, wordsOf, type Hit } from './find.ts'
import { phrase, type PhraseKey } from './phrases.ts'
import { asksForFact, isQuestion } from './questions.ts'
import { quoteOf, toOneLine } from './quote.ts'
import { SECTIONS, summarize } from './summary.ts'

/** An answer in sentences, and the seqs of the lines that it quotes. */
export interface LocalAnswer {
  readonly sentences: readonly string[]
  readonly quotes: readonly number[]
}

const LINES_FOUND = 5
const LINES_SAID_EARLIER = 3

// A hit that has far less of the words than the best one is about something else.
const SHARE_OF_BEST = 0.6

// Of a longer search, a line with only its most common word is no find.
const SEARCH_FLOOR = 0.25

// Below this a line shares a word with the question but hardly its subject.
const ASK_FLOOR = 0.6

/** What the embedded responder says: sentences of `PHRASES` and quotes, nothing else. */
export function answerLocally(ask: Ask, degraded?: FaultKind): LocalAnswer {
  switch (ask.intent) {
    case 'greet':
      return say(ask, ['hello', 'offer'])
    case 'help':
      return say(ask, ['who', 'canSearch', 'canSummarize', 'canAsk', 'honesty'])
    case 'search':
      return search(ask)
    case 'summarize':
      return sumUp(ask)
    case 'ask':
      return answerOrDecline(ask, degraded)
  }
}

function say(ask: Ask, keys: readonly PhraseKey[]): LocalAnswer {
  const values = { name: toOneLine(ask.question.name), assistant: toOneLine(ask.assistantName) }
  return { sentences: keys.map((key) => phrase(ask.language, key, values)), quotes: [] }
}

function search(ask: Ask): LocalAnswer {
  const words = wordsOf(ask)
  if (words.length === 0) return say(ask, ['noWords'])
  const hits = findLines(ask, words, { wide: true })
  const floor = Math.max(SEARCH_FLOOR, SHARE_OF_BEST * (hits[0]?.coverage ?? 0))
  const best = hits.filter(({ coverage }) => coverage >= floor).slice(0, LINES_FOUND)
  return best.length === 0 ? say(ask, ['notFound']) : quoteHits(ask, 'found', best, words)
}

function answerOrDecline(ask: Ask, degraded: FaultKind | undefined): LocalAnswer {
  const words = wordsOf(ask)
  // One word in common is a subject only where people ask each other for a name or a time.
  const enough = words.length === 1 && asksForFact(ask.question.text) ? 1 : 2
  const hits = findLines(ask, words, { wide: false }).filter(
    ({ line, coverage, matches }) =>
      coverage >= ASK_FLOOR && matches >= enough && !isQuestion(line.text),
  )
  if (hits.length > 0)
    return quoteHits(ask, 'saidEarlier', hits.slice(0, LINES_SAID_EARLIER), words)
  if (degraded === undefined) return say(ask, ['noModel'])
  return say(ask, [degraded === 'filter' ? 'modelDeclined' : 'modelAway'])
}

function sumUp(ask: Ask): LocalAnswer {
  const { lines, people, sections } = summarize(ask)
  const told = SECTIONS.filter((section) => sections[section].length > 0)
  if (told.length === 0) return say(ask, ['nothingToSummarize'])
  const overview = phrase(ask.language, 'overview', { lines, people })
  return {
    sentences: [
      overview,
      ...told.flatMap((section) => [
        phrase(ask.language, section),
        ...sections[section].map((line) => quoteOf(ask.language, line)),
      ]),
    ],
    quotes: told.flatMap((section) => sections[section].map(seqOf)),
  }
}

function quoteHits(
  ask: Ask,
  heading: PhraseKey,
  hits: readonly Hit[],
  words: readonly string[],
): LocalAnswer {
  return {
    sentences: [
      phrase(ask.language, heading),
      ...hits.map(({ line }) => quoteOf(ask.language, line, words)),
    ],
    quotes: hits.map(({ line }) => seqOf(line)),
  }
}

function seqOf(line: Line): number {
  return line.seq
}
