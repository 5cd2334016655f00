import { describe, expect, it, test } from 'vitest'

import { completed, matching, openingAt } from '../../src/client/room/completion.ts'

describe('an opening for suggestions', () => {
  test.each([
    ['@', { is: 'mention', query: '', from: 0 }],
    ['hi @Li', { is: 'mention', query: 'Li', from: 3 }],
    ['请@助', { is: 'mention', query: '助', from: 1 }],
    ['@Ann Ma', { is: 'mention', query: 'Ann Ma', from: 0 }],
    ['/he', { is: 'command', query: 'he', from: 0 }],
    ['me@example', null],
    ['@ x', null],
    ['@Ann\nhi', null],
    ['hi /he', null],
    ['/help me', null],
    ['', null],
  ])('in %j', (text, expected) => {
    expect(openingAt(text, text.length)).toEqual(expected)
  })
})

const people = [
  { key: 'a', shown: 'Assistant', about: '', insert: '@assistant ', aliases: ['助手'] },
  { key: 'b', shown: 'Ben', about: '', insert: '@Ben ' },
]

it('matches what is shown and what else it is called, without regard to case', () => {
  expect(matching(people, 'b').map(({ key }) => key)).toEqual(['b'])
  expect(matching(people, '助').map(({ key }) => key)).toEqual(['a'])
  expect(matching(people, '')).toHaveLength(2)
})

it('puts a suggestion in and the caret behind it', () => {
  const opening = { is: 'mention', query: 'be', from: 3 } as const
  const ben = { key: 'b', shown: 'Ben', about: '', insert: '@Ben ' }
  expect(completed('hi @be you', 6, opening, ben)).toEqual({ text: 'hi @Ben you', caret: 8 })
})
