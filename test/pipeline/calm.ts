import type { Handler } from '../../src/pipeline/compose.ts'

/** Lowers the voice of messages that are written in capitals only. */
export function calm(leastLetters: number): Handler {
  return async function calm(turn, next) {
    const letters = turn.text.match(/\p{L}/gu) ?? []
    const isLoud = letters.length >= leastLetters && turn.text === turn.text.toUpperCase()
    if (isLoud && turn.text !== turn.text.toLowerCase()) {
      turn.text = turn.text.toLowerCase()
    }
    await next()
  }
}
