import type { Line, Transcript } from '../model/ask.ts'
import { ASSISTANT } from '../protocol/events.ts'
import type { Roster } from './roster.ts'
import { toEvent } from './stored-event.ts'
import type { Timeline } from './timeline.ts'

/** How many recent events a search looks through. */
const SEARCHED_EVENTS = 5_000

/** The log as lines that people said: newest wording, nothing that was taken back. */
export class LogTranscript implements Transcript {
  readonly #timeline: Timeline
  readonly #roster: Roster
  readonly #assistantName: () => string

  constructor(timeline: Timeline, roster: Roster, assistantName: () => string) {
    this.#timeline = timeline
    this.#roster = roster
    this.#assistantName = assistantName
  }

  recent(beforeSeq: number, count: number): readonly Line[] {
    return take(this.#lines(beforeSeq), count).toReversed()
  }

  search(beforeSeq: number, words: readonly string[], count: number): readonly Line[] {
    const wanted = words.map((word) => word.toLowerCase()).filter((word) => word !== '')
    return take(this.#lines(beforeSeq), count, ({ text }) => {
      const lower = text.toLowerCase()
      return wanted.some((word) => lower.includes(word))
    })
  }

  /** The line at `seq` as it stands now, or undefined if no message is there any more. */
  line(seq: number): Line | undefined {
    const stored = this.#timeline.at(seq)
    const event = stored && toEvent(stored)
    if (event?.kind !== 'message' || event.body.gone !== undefined) return undefined
    const { at, from } = event
    const text = this.#timeline.newestEdit(seq) ?? event.body.text
    return { seq, at, from, name: this.#roster.nameOf(from), text }
  }

  // Walking back, an edit comes by before the message that it changes.
  *#lines(beforeSeq: number): Generator<Line> {
    const edits = new Map<number, string>()
    for (const stored of this.#timeline.before(Number.MAX_SAFE_INTEGER, SEARCHED_EVENTS)) {
      const event = toEvent(stored)
      const { seq, at, from } = event
      if (event.kind === 'edited' && !edits.has(event.body.target)) {
        edits.set(event.body.target, event.body.text)
      }
      if (seq >= beforeSeq) continue
      if (event.kind === 'message' && event.body.gone === undefined) {
        const text = edits.get(seq) ?? event.body.text
        if (text !== '') yield { seq, at, from, name: this.#roster.nameOf(from), text }
      }
      if (event.kind === 'reply.ended' && event.body.text !== '') {
        const { reply, text } = event.body
        yield { seq: reply, at, from: ASSISTANT, name: this.#assistantName(), text }
      }
    }
  }
}

function take(
  lines: Iterable<Line>,
  count: number,
  isWanted: (line: Line) => boolean = () => true,
): Line[] {
  const taken: Line[] = []
  for (const line of lines) {
    if (taken.length >= count) break
    if (isWanted(line)) taken.push(line)
  }
  return taken
}
