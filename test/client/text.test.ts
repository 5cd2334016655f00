import { describe, expect, it, test } from 'vitest'

import { mentionsIn } from '../../src/client/text/mentions.ts'
import { parseBlocks, parseInlines, splitBlocks } from '../../src/client/text/parse.ts'
import type { Inline, Reading } from '../../src/client/text/parse.ts'

const reading: Reading = {
  names: [
    { name: 'Ann Marie', member: 'm_marie' },
    { name: 'assistant', member: 'assistant' },
    { name: 'Ann', member: 'm_ann' },
    { name: '老吴', member: 'm_wu' },
    { name: '助手', member: 'assistant' },
  ],
}

const inlines = (text: string) => parseInlines(text, reading)
const links = (text: string) => linksIn(inlines(text))
const mentions = (text: string) =>
  inlines(text).flatMap((inline) => (inline.is === 'mention' ? inline.member : []))

function linksIn(all: readonly Inline[]): readonly string[] {
  return all.flatMap((inline) => {
    if (inline.is === 'bold') return linksIn(inline.inlines)
    return inline.is === 'link' ? [inline.href] : []
  })
}

/** What of a text is shown, without the marks that were read. */
function shown(all: readonly Inline[]): string {
  return all
    .map((inline) => {
      switch (inline.is) {
        case 'break':
          return '\n'
        case 'bold':
          return shown(inline.inlines)
        case 'reference':
          return `#${inline.seq}`
        case 'text':
        case 'code':
        case 'link':
        case 'mention':
          return inline.text
      }
    })
    .join('')
}

describe('links', () => {
  test.each([
    ['see https://a.example/x?y=1#z.', ['https://a.example/x?y=1#z']],
    ['(http://a.example/b_(c))', ['http://a.example/b_(c)']],
    ['看https://a.example/路径，好', ['https://a.example/%E8%B7%AF%E5%BE%84']],
    ['看 https://a.example/x，好', ['https://a.example/x']],
    ['“https://a.example/x”', ['https://a.example/x']],
    ['HTTPS://A.example', ['https://a.example/']],
    ['**https://a.example**', ['https://a.example/']],
    ['https://', []],
    ['https://%', []],
  ])('%j', (text, hrefs) => {
    expect(links(text)).toEqual(hrefs)
  })

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>1</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '[x](javascript:alert(1))',
    '<a href="javascript:alert(1)">x</a>',
    'xhttps://a.example',
  ])('makes no link of %j', (text) => {
    expect(links(text)).toEqual([])
    expect(shown(inlines(text))).toBe(text)
  })
})

describe('marks', () => {
  test.each<[string, readonly Inline[]]>([
    ['`a*b*`', [{ is: 'code', text: 'a*b*' }]],
    [
      '**重点**是',
      [
        { is: 'bold', inlines: [{ is: 'text', text: '重点' }] },
        { is: 'text', text: '是' },
      ],
    ],
    ['2 ** 3 ** 4', [{ is: 'text', text: '2 ** 3 ** 4' }]],
    ['a_b_c', [{ is: 'text', text: 'a_b_c' }]],
    ['one\ntwo', [{ is: 'text', text: 'one' }, { is: 'break' }, { is: 'text', text: 'two' }]],
    ['`never closed', [{ is: 'text', text: '`never closed' }]],
    [
      'see #132.',
      [
        { is: 'text', text: 'see ' },
        { is: 'reference', seq: 132 },
        { is: 'text', text: '.' },
      ],
    ],
    ['a#1 #x ##2', [{ is: 'text', text: 'a#1 #x ##2' }]],
  ])('%j', (text, expected) => {
    expect(inlines(text)).toEqual(expected)
  })

  test.each(['****', '** **', '``', '@', '#', 'h', '@@assistant', '<b>x</b> &amp;', '`**`'])(
    'loses nothing of %j',
    (text) => {
      const plain = text.replaceAll('`**`', '**')
      expect(shown(inlines(text))).toBe(plain)
    },
  )
})

describe('mentions', () => {
  test.each([
    ['@Ann hi', ['m_ann']],
    ['@ann marie hi', ['m_marie']],
    ['@Anna', []],
    ['请@老吴看看', ['m_wu']],
    ['@助手你好', ['assistant']],
    ['mail@Ann', []],
    ['`@Ann`', []],
  ])('%j', (text, members) => {
    expect(mentions(text)).toEqual(members)
  })

  it('are sent once each, from anywhere but code and quotes', () => {
    const text = '@Ann **@老吴**\n- @Ann\n> @Ann Marie\n```\n@Ann Marie\n```\n@assistant'
    expect(mentionsIn(text, reading)).toEqual(['m_ann', 'm_wu'])
  })
})

describe('blocks', () => {
  const blocks = (text: string) =>
    splitBlocks(text)
      .flatMap((piece) => parseBlocks(piece, reading))
      .map((block) => block.is)

  it('are told apart', () => {
    expect(
      blocks('Hello\n\n# Plan\n1. one\n2. two\n\n- x\n> y\n```ts\ncode\n\nmore\n```\nend'),
    ).toEqual(['paragraph', 'heading', 'list', 'list', 'quote', 'code', 'paragraph'])
  })

  it('keep code as it is, blank lines and marks and all', () => {
    const [piece = ''] = splitBlocks('```ts\nconst a = 1\n\n- **b**\n```')
    expect(parseBlocks(piece, reading)).toEqual([
      { is: 'code', language: 'ts', text: 'const a = 1\n\n- **b**' },
    ])
  })

  it('show code that is still being written', () => {
    expect(parseBlocks('```\nlet x', reading)).toEqual([
      { is: 'code', language: '', text: 'let x' },
    ])
  })

  it('number a list from where it begins, and leave numbers in prose alone', () => {
    expect(parseBlocks('3. three', reading)).toMatchObject([{ is: 'list', start: 3 }])
    expect(parseBlocks('3.14 is pi', reading)).toMatchObject([{ is: 'paragraph' }])
  })

  it('never change what stands before the last piece of a growing text', () => {
    const text = 'One\n\n```\na\n\nb\n```\nTwo **x**\n\n- y'
    for (let end = 1; end <= text.length; end += 1) {
      const before = splitBlocks(text.slice(0, end - 1)).slice(0, -1)
      expect(splitBlocks(text.slice(0, end)).slice(0, before.length)).toEqual(before)
    }
  })

  it('are read in good time however a text is made', () => {
    const started = performance.now()
    for (const part of ['**a ', '`', '@', '#1', 'http://', '- \n', '> a\n\n', '```\n', '((']) {
      const text = part.repeat(Math.floor(8_000 / part.length))
      for (const piece of splitBlocks(text)) parseBlocks(piece, reading)
    }
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
