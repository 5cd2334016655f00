/** A place in the text where names or commands may be offered. */
export interface Opening {
  readonly is: 'mention' | 'command'
  /** What has been typed of it, without the sign. */
  readonly query: string
  /** Where the sign stands. */
  readonly from: number
}

/** Something to offer; `insert` replaces the text from the opening's sign to the caret. */
export interface Suggestion {
  readonly key: string
  readonly shown: string
  readonly about: string
  readonly insert: string
  /** What a query may begin with, besides what is shown. */
  readonly aliases?: readonly string[]
}

const MOST_SUGGESTIONS = 6

// A name is short, and typing on without choosing one ends the offer.
const MOST_QUERY_CHARS = 24

/** Finds what is being typed at the caret: `@name`, or `/command` at the very beginning. */
export function openingAt(text: string, caret: number): Opening | null {
  const before = text.slice(0, caret)
  const command = /^\/(\w*)$/.exec(before)
  if (command !== null) return { is: 'command', query: command[1] ?? '', from: 0 }
  const from = before.lastIndexOf('@')
  if (from < 0 || /[\w@]/.test(before[from - 1] ?? '')) return null
  const query = before.slice(from + 1)
  const isOver = query.length > MOST_QUERY_CHARS || /\n|^\s|\s\s/.test(query)
  return isOver ? null : { is: 'mention', query, from }
}

/** The suggestions that go on from what has been typed, in their order. */
export function matching(all: readonly Suggestion[], query: string): readonly Suggestion[] {
  const wanted = query.toLowerCase()
  return all
    .filter(({ shown, aliases = [] }) =>
      [shown, ...aliases].some((name) => name.toLowerCase().startsWith(wanted)),
    )
    .slice(0, MOST_SUGGESTIONS)
}

/** The text with a suggestion in place, and where the caret goes. */
export function completed(
  text: string,
  caret: number,
  opening: Opening,
  { insert }: Suggestion,
): { readonly text: string; readonly caret: number } {
  const before = text.slice(0, opening.from) + insert
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length }
}
