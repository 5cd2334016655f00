import { describe, expect, it, test } from 'vitest'

import { DeltaStream } from '../../src/group/delta-stream.ts'
import type { Piece } from '../../src/group/delta-stream.ts'
import { WordList } from '../../src/pipeline/words.ts'
import { ManualTimers } from '../model/manual-timers.ts'
import { createRandom } from '../support/random.ts'

const WORDS = new WordList(['ab', 'aba', 'bad', 'go a', '他妈的', '妈的他', '的的', '😀妈'])

function listenTo(words = WORDS, listeners = 2) {
  const timers = new ManualTimers()
  const pieces: Piece[] = []
  const stream = new DeltaStream(
    words,
    () => listeners,
    (piece) => pieces.push(piece),
    timers.start,
  )
  return { timers, pieces, stream, texts: () => pieces.map(({ text }) => text) }
}

describe('the pieces of a reply', () => {
  it('begin with the first token at once, and are collected from then on', () => {
    const { stream, timers, texts } = listenTo()
    for (const token of ['One', ' two', ' three']) stream.add(token)
    expect(texts()).toEqual(['One'])
    timers.advance(49)
    expect(texts()).toEqual(['One'])
    timers.advance(1)
    expect(texts()).toEqual(['One', ' two three'])
  })

  test.each([
    [1, 50],
    [100, 50],
    [101, 100],
    [1_000, 100],
  ])('are collected, where %i listen, for %i ms', (listeners, ms) => {
    const { stream, timers, pieces } = listenTo(WORDS, listeners)
    stream.add('One')
    stream.add(' two')
    timers.advance(ms - 1)
    expect(pieces).toHaveLength(1)
    timers.advance(1)
    expect(pieces).toHaveLength(2)
  })

  it('are no longer than they have to be', () => {
    const { stream, timers, texts } = listenTo()
    stream.add('One')
    stream.add('x'.repeat(255))
    expect(texts()).toHaveLength(1)
    stream.add('y')
    expect(texts()).toHaveLength(2)
    expect(timers.waiting).toBe(0)
  })

  test.each(['end', 'breakOff', 'stop'] as const)('leave no timer behind after %s', (how) => {
    const { stream, timers, texts } = listenTo()
    stream.add('One')
    stream.add(' two')
    stream[how]()
    stream.add(' three')
    expect(timers.waiting).toBe(0)
    expect(texts().join('')).toBe(how === 'stop' ? 'One' : 'One two')
  })

  it('hold a word back that breaks off before it is clear', () => {
    const { stream } = listenTo()
    stream.add('so a')
    stream.add('b')
    expect(stream.breakOff()).toBe('so ')
  })

  it('leave a longer word in peace, in whose middle another begins', () => {
    const { stream } = listenTo()
    for (const unit of 'so abbad') stream.add(unit)
    expect(stream.end()).toBe('so abbad')
    const other = listenTo()
    for (const token of ['abag', 'o']) other.stream.add(token)
    expect(other.stream.end()).toBe('abago')
  })

  it('cut no word where another may begin in its middle', () => {
    const { stream } = listenTo()
    for (const unit of '他妈的他了') stream.add(unit)
    expect(stream.end()).toBe('███他了')
  })
})

it('[P12] joins to the masked text, whatever the pieces, the times and the words', () => {
  const random = createRandom(20_261_126)
  const pick = (count: number) => Math.floor(random() * count)
  const alphabet = ['a', 'b', 'd', ' ', 'go', 'x', 'A', '他', '妈', '的', '😀', 'é', 'ａ', '\n']
  for (let round = 0; round < 3_000; round += 1) {
    const { stream, timers, pieces } = listenTo(WORDS, 1 + pick(300))
    const text = Array.from({ length: 1 + pick(60) }, () => alphabet[pick(alphabet.length)]).join(
      '',
    )
    const whole = WORDS.mask(text)
    const seen = () => pieces.map((piece) => piece.text).join('')
    const rest = text.split('')
    while (rest.length > 0) {
      // In UTF-16 units: an endpoint may cut a character in two.
      stream.add(rest.splice(0, 1 + pick(6)).join(''))
      if (pick(2) === 0) timers.advance(pick(120))
      expect(whole.startsWith(seen()), `${text} as ${seen()}`).toBe(true)
      expect(WORDS.find(seen())).toEqual([])
    }
    const isWhole = pick(3) > 0
    const shown = isWhole ? stream.end() : stream.breakOff()
    expect(WORDS.find(shown)).toEqual([])
    expect(isWhole ? shown : whole.slice(0, shown.length)).toBe(isWhole ? whole : shown)
    let offset = 0
    for (const piece of pieces) {
      expect(piece.offset).toBe(offset)
      expect(piece.text.isWellFormed()).toBe(true)
      offset += piece.text.length
    }
    expect(stream.text).toBe(seen())
    expect(timers.waiting).toBe(0)
  }
})
