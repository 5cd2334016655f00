import { describe, expect, it, test } from 'vitest'

import { quoteOf } from '../../../src/model/embedded/quote.ts'
import { toLine } from '../conversation.ts'

const quote = (text: string, words: readonly string[] = []) =>
  quoteOf('en', toLine(`Ada: ${text}`, 131), words)

describe('a quote', () => {
  test.each([
    ['short', '“short” — Ada, #132'],
    ['{seq} $& $1', '“{seq} $& $1” — Ada, #132'],
    ['first\nsecond', '“first”… — Ada, #132'],
    ['first\u2028second', '“first”… — Ada, #132'],
    ['x'.repeat(200), `“${'x'.repeat(200)}” — Ada, #132`],
    ['x'.repeat(201), `“${'x'.repeat(200)}”… — Ada, #132`],
    ['🚀'.repeat(201), `“${'🚀'.repeat(200)}”… — Ada, #132`],
  ])('of %j keeps what was written and shows where it was cut', (text, expected) => {
    expect(quote(text)).toBe(expected)
  })

  it('of several paragraphs is the one with the words', () => {
    expect(quote('Hello all\n\nthe code is 4711\nbye', ['code'])).toBe(
      '…“the code is 4711”… — Ada, #132',
    )
  })

  it('of a long line is the part around the words, up to its end where it is near', () => {
    const long = `${'🚀'.repeat(300)} the code is 4711`
    expect(quote(long, ['code'])).toMatch(/^…“🚀+ the code is 4711” — Ada, #132$/u)
  })

  it('keeps a name on its line', () => {
    const line = { ...toLine('Ada: hi', 0), name: ' A\n\td\u0000a ' }
    expect(quoteOf('zh', line)).toBe('“hi”——A d a，#1')
  })
})
