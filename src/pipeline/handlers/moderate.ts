import type { Handler } from '../compose.ts'
import type { WordList } from '../words.ts'

/** Masks sensitive words, or refuses the message where the group prefers silence to bars. */
export function moderate(words: WordList, onMatch: 'mask' | 'block'): Handler {
  return async function moderate(turn, next) {
    const found = words.find(turn.text)
    if (found.length > 0 && onMatch === 'block') {
      turn.refusal = { code: 'blocked', message: 'the message holds a word that is blocked here' }
      return
    }
    turn.text = words.mask(turn.text, found)
    turn.masked = found.length
    await next()
  }
}
