import { describe, expect, it, test } from 'vitest'

import { withDelta, without, withSnapshot } from '../../src/client/store/live.ts'
import type { LiveReplies } from '../../src/client/store/live.ts'

const live = (run: number, text: string): LiveReplies => new Map([[7, { run, text }]])
const delta = (run: number, offset: number, text: string) => ({ reply: 7, run, offset, text })

describe('[P12] deltas', () => {
  test.each([
    ['appends what follows', live(1, 'Hel'), delta(1, 3, 'lo'), 'Hello'],
    ['drops a double', live(1, 'Hello'), delta(1, 3, 'lo'), 'Hello'],
    ['takes only the new part of an overlap', live(1, 'Hello'), delta(1, 3, 'lo you'), 'Hello you'],
    ['waits for the truth after a hole', live(1, 'Hel'), delta(1, 9, 'you'), 'Hel'],
    ['replaces the text with a higher run', live(1, 'Hello'), delta(2, 0, 'Bye'), 'Bye'],
    [
      'keeps the old text when the new run’s start is missing',
      live(1, 'Hello'),
      delta(2, 4, 'x'),
      'Hello',
    ],
    ['ignores a run that is over', live(2, 'Bye'), delta(1, 3, 'lo'), 'Bye'],
    ['counts UTF-16 units', live(1, '👍'), delta(1, 2, '!'), '👍!'],
    ['begins at nothing', new Map(), delta(1, 0, 'Hi'), 'Hi'],
  ])('%s', (_, before, piece, text) => {
    expect(withDelta(before, piece).get(7)?.text).toBe(text)
  })

  it('a snapshot replaces the text, unless a newer run has begun', () => {
    const snapshot = { reply: 7, run: 2, text: '' }
    expect(withSnapshot(live(1, 'Hello'), snapshot).get(7)).toEqual({ run: 2, text: '' })
    expect(withSnapshot(live(3, 'Hello'), snapshot).get(7)).toEqual({ run: 3, text: 'Hello' })
  })

  it('is forgotten when its reply has ended', () => {
    expect(without(live(1, 'Hello'), [7]).size).toBe(0)
    const other = live(1, 'Hello')
    expect(without(other, [8])).toBe(other)
  })
})
