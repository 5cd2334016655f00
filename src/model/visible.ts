import type { AnswerStream } from './ask.ts'

/** A stream that begins with the first character to be seen; blanks before it wait for that. */
export interface VisibleStream extends AnswerStream {
  readonly hasBegun: boolean
}

/** Passes an answer on once there is something to be seen. */
export function visibleFrom(stream: AnswerStream): VisibleStream {
  let blanks = ''
  let hasBegun = false
  return {
    signal: stream.signal,
    get hasBegun() {
      return hasBegun
    },
    onText(text) {
      if (hasBegun) return stream.onText(text)
      blanks += text
      if (blanks.trim() === '') return
      hasBegun = true
      stream.onText(blanks)
    },
  }
}
