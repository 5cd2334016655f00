/** Where a sensitive word stands in a text, in UTF-16 units. */
export interface Match {
  readonly start: number
  readonly end: number
}

/** What covers a masked word, once per UTF-16 unit, so that every offset stays what it was. */
export const MASK = '█'

// A few words that no group misses; a deployment adds its own with BLOCKED_WORDS.
const SHIPPED = [
  'fuck',
  'fucking',
  'bullshit',
  'asshole',
  'motherfucker',
  '傻逼',
  '操你妈',
  '草泥马',
  '他妈的',
]

/**
 * Finds whole words of a list, without case and full width. A word of Latin letters must stand
 * alone, so that innocent longer words are left in peace; Han has no spaces, so there it need not.
 */
export class WordList {
  readonly #words: readonly string[]
  readonly #pattern: RegExp | undefined
  /** The longest word, in UTF-16 units: what a stream holds back to judge it whole. */
  readonly longest: number

  constructor(words: readonly string[]) {
    const kept = [...new Set(words.map((word) => fold(word.trim())).filter((word) => word !== ''))]
    this.#words = kept
    this.longest = Math.max(0, ...kept.map((word) => word.length))
    // Longer words first: an alternation takes the first that fits.
    const branches = kept.toSorted((a, b) => b.length - a.length).map(toBranch)
    this.#pattern = kept.length > 0 ? new RegExp(branches.join('|'), 'gu') : undefined
  }

  /** The matches in a text, from left to right, none overlapping another. */
  find(text: string): readonly Match[] {
    if (!this.#pattern) return []
    return [...fold(text).matchAll(this.#pattern)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
    }))
  }

  /** The text with its matches covered; as long as before. */
  mask(text: string, found: readonly Match[] = this.find(text)): string {
    return found.reduce(
      (masked, { start, end }) =>
        masked.slice(0, start) + MASK.repeat(end - start) + masked.slice(end),
      text,
    )
  }

  /**
   * Where, in the tail of a text that still grows, a word may have begun: the earliest place from
   * which everything to the end is the beginning of a word, or a whole word that the next character
   * could still make part of an innocent one. Undefined if nothing is open.
   */
  couldBegin(tail: string): number | undefined {
    const folded = fold(tail)
    for (let at = 0; at < folded.length; at += 1) {
      const rest = folded.slice(at)
      if (this.#words.some((word) => word.startsWith(rest))) return at
    }
    return undefined
  }
}

/** The shipped words and a deployment's own, given as a comma-separated list. */
export function wordList(extra = ''): WordList {
  return new WordList([...SHIPPED, ...extra.split(/[,，]/)])
}

// Folds character by character, so that positions in the folded text are positions in the original.
function fold(text: string): string {
  // No character of these ranges changes its length when it is folded.
  if (/^[\u0000-\u007F\u3000-\u9FFF]*$/.test(text)) return text.toLowerCase()
  let folded = ''
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const narrow = unit >= 0xff01 && unit <= 0xff5e ? unit - 0xfee0 : unit
    const lower = String.fromCharCode(narrow).toLowerCase()
    folded += lower.length === 1 ? lower : String.fromCharCode(narrow)
  }
  return folded
}

function toBranch(word: string): string {
  const literal = word.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, String.raw`\$&`)
  return /^[a-z0-9' -]+$/.test(word) ? `(?<![a-z0-9])${literal}(?![a-z0-9])` : literal
}
