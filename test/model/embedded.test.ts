import { describe, expect, it, test } from 'vitest'

import type { Ask, Language } from '../../src/model/ask.ts'
import { EmbeddedModel } from '../../src/model/embedded.ts'
import { PHRASES } from '../../src/model/embedded/phrases.ts'
import type { FaultKind } from '../../src/model/errors.ts'
import { askIn, CHINESE, ENGLISH, listen } from './conversation.ts'

async function answer(ask: Ask, degraded?: FaultKind) {
  const stream = listen()
  const completion = await new EmbeddedModel().complete(ask, stream, degraded)
  return { text: stream.text, pieces: stream.pieces, quotes: completion.quotes ?? [], completion }
}

const search = (lines: readonly string[], words: string, language: Language = 'en') =>
  answer(askIn(lines, `Ada: ${words}`, { intent: 'search', language }))

const question = (lines: readonly string[], words: string, language: Language = 'en') =>
  answer(askIn(lines, `Ada: ${words}`, { intent: 'ask', language }))

const summary = (lines: readonly string[], language: Language = 'en') =>
  answer(askIn(lines, 'Ada: @assistant summarize', { intent: 'summarize', language }))

describe('a greeting', () => {
  test.each([
    ['en', 'Hello Ada!'],
    ['zh', 'Ada，你好！'],
  ] as const)('in %s calls the asker by name', async (language, hello) => {
    const { pieces } = await answer(askIn([], 'Ada: hi', { intent: 'greet', language }))
    expect(pieces[0]).toBe(hello)
    expect(pieces.length).toBeGreaterThan(1)
  })
})

describe('a search', () => {
  it('quotes the line that has the words, with its author and seq', async () => {
    const { text, quotes } = await search(ENGLISH, '@assistant find the garage code')
    expect(quotes).toEqual([10])
    expect(text).toBe(`${PHRASES.en.found}\n“The garage code is 4711” — Bo, #10`)
  })

  test.each([
    ['查找 车库密码', [10]],
    ['@助手 帮我找一下会议室', [2]],
    ['关于新闻稿有人说过什么', [7]],
    ['谁说过标志的事', [4]],
    ['查找 小刚说的新闻稿', [7]],
  ])('finds by Chinese words: %s', async (words, seqs) => {
    expect((await search(CHINESE, words, 'zh')).quotes).toEqual(seqs)
  })

  test.each([
    ['launch', [2, 8]],
    ['what did Cy say about press releases?', [7]],
    ['LOGOS', [4]],
    ['slides', [8]],
  ])('finds by English words in any form: %s', async (words, seqs) => {
    const { quotes } = await search(ENGLISH, `@assistant find ${words}`)
    expect(quotes.toSorted((a, b) => a - b)).toEqual(seqs)
  })

  it('leaves out the assistant, the question and those who asked the same', async () => {
    const lines = [
      ...ENGLISH,
      'Dee: @assistant find launch',
      'Eve: does anyone know when the launch is',
    ]
    expect((await search(lines, '@assistant find launch')).quotes).toEqual([8, 2])
  })

  it('keeps a question that tells something new', async () => {
    const lines = ['Bo: Didn’t we move the launch to Monday because of the strike?']
    expect((await search(lines, 'find launch')).quotes).toEqual([1])
  })

  it('prefers lines with more of the words, then newer ones', async () => {
    const lines = ['Bo: red apples', 'Cy: apples', 'Bo: green apples', 'Dee: red apples again here']
    expect((await search(lines, 'find red apples')).quotes.slice(0, 2)).toEqual([4, 1])
  })

  it('lets a rare word weigh more than a common one', async () => {
    const lines = ['Bo: catering is paid', 'Cy: launch one', 'Dee: launch two', 'Bo: launch three']
    expect((await search(lines, 'find launch catering')).quotes[0]).toBe(1)
  })

  it('quotes five lines at most and each text once', async () => {
    const lines = Array.from({ length: 16 }, (_, at) => `Bo: apple number ${at >> 1}`)
    const { quotes } = await search(lines, 'find apple')
    expect(quotes).toHaveLength(5)
    expect(new Set(quotes.map((seq) => lines[seq - 1]))).toHaveLength(5)
  })

  test.each([
    ['find unicorns', PHRASES.en.notFound],
    ['Assistant, find unicorns', PHRASES.en.notFound],
    ['find the garage roof repair bill from last winter', PHRASES.en.notFound],
    ['@assistant search', PHRASES.en.noWords],
  ])('says so when there is nothing to find: %s', async (words, sentence) => {
    expect((await search([...ENGLISH, 'Bo: my assistant quit'], words)).text).toBe(sentence)
  })
})

describe('a question', () => {
  test.each([
    ['en', ENGLISH, '@assistant when is the launch?', [2]],
    ['en', ENGLISH, '@assistant what was the garage code again?', [10]],
    ['zh', CHINESE, '@助手 发布会是什么时候？', [2]],
    ['zh', CHINESE, '@助手 车库密码是多少', [10]],
  ] as const)(
    'that the group has answered is answered by it (%s)',
    async (language, lines, words, seqs) => {
      const { text, quotes } = await question(lines, words, language)
      expect(text.split('\n')[0]).toBe(PHRASES[language].saidEarlier)
      expect(quotes).toEqual(seqs)
    },
  )

  test.each([
    ['en', ENGLISH, '@assistant translate the launch speech into French'],
    ['en', ENGLISH, '@assistant who pays for the catering at the party?'],
    ['en', ENGLISH, '@assistant write a launch poem'],
    ['en', ENGLISH, '@assistant launch!'],
    ['en', ENGLISH, '@assistant compare our launch hall budget with competitors abroad'],
    [
      'en',
      ['Bo: Is the launch party really on a boat this year?'],
      '@assistant where is the launch party?',
    ],
    ['zh', CHINESE, '@助手 帮我写一首关于发布会的诗'],
    ['zh', CHINESE, '@助手 量子力学是什么？'],
  ] as const)('that it has not is declined in one line (%s)', async (language, lines, words) => {
    const { text, completion } = await question(lines, words, language)
    expect(text).toBe(PHRASES[language].noModel)
    expect(text).toContain('MODEL_BASE_URL')
    expect(completion).not.toHaveProperty('quotes')
  })

  it('[P16] is declined otherwise where a model should have answered', async () => {
    const { text, completion } = await answer(askIn([], 'Ada: explain tides'), 'first_token')
    expect(text).toBe(PHRASES.en.modelAway)
    expect(completion.degraded).toBe('first_token')
  })
})

describe('a summary', () => {
  test.each([
    ['en', ENGLISH],
    ['zh', CHINESE],
  ] as const)('sorts what was said into sections (%s)', async (language, lines) => {
    const { text, quotes } = await summary(lines, language)
    const told = PHRASES[language]
    const seqsBelow = (heading: string) =>
      (text.split(`${heading}\n`)[1] ?? '')
        .split(/：\n|:\n/)[0]
        ?.match(/#\d+/g)
        ?.map((seq) => Number(seq.slice(1)))
    expect(seqsBelow(told.decisions)).toContain(4)
    expect(seqsBelow(told.tasks)).toEqual([7])
    expect(seqsBelow(told.questions)).toEqual([9])
    expect(seqsBelow(told.links)).toEqual([8])
    expect(quotes.length).toBeLessThanOrEqual(6)
    expect(quotes).not.toContain(3)
    expect(text).toContain(told.overview.replace('{lines}', '9').replace('{people}', '4'))
  })

  it('quotes six lines at most, some of each section', async () => {
    const lines = Array.from({ length: 300 }, (_, at) => [
      `Bo: we decided on plan ${at}`,
      `Cy: I will water bed ${at}`,
      `Dee: see https://x.example/${at}`,
    ]).flat()
    const { text, quotes } = await summary(lines)
    expect(quotes).toHaveLength(6)
    for (const heading of ['decisions', 'tasks', 'links'] as const) {
      expect(text).toContain(PHRASES.en[heading])
    }
  })

  it('lets no section take more than three lines', async () => {
    const lines = Array.from({ length: 9 }, (_, at) => `Bo: we decided on plan ${at}`)
    expect((await summary(lines)).quotes).toHaveLength(3)
  })

  it('calls a question open as long as only its asker came back to it', async () => {
    const lines = ['Bo: old posters', 'Ada: which posters go to the school?', 'Ada: blue posters?']
    expect((await summary([...lines, 'Ada: any posters'])).text).toContain(PHRASES.en.questions)
  })

  it('does not call a question open that somebody came back to', async () => {
    const lines = ['Ada: which posters go to the school?', 'Bo: the blue posters', 'Cy: fine']
    expect((await summary(lines)).text).not.toContain(PHRASES.en.questions)
  })

  it('tells what was said most about where nothing was decided', async () => {
    const lines = ['Ada: the tomatoes look fine', 'Bo: tomatoes love sun', 'Cy: lol']
    const { text, quotes } = await summary(lines)
    expect(text).toContain(PHRASES.en.highlights)
    expect(quotes).toEqual([1, 2])
  })

  test.each([[[]], [['assistant: hi', 'Bo: @assistant hello']], [['Bo: haha', 'Cy: 哈哈']]])(
    'says so when there is nothing to sum up: %o',
    async (lines) => {
      expect((await summary(lines)).text).toBe(PHRASES.en.nothingToSummarize)
    },
  )
})

describe('the stream', () => {
  const ask = askIn(ENGLISH, 'Ada: @assistant summarize', { intent: 'summarize' })

  it('brings an answer line by line', async () => {
    const { pieces, text } = await answer(ask)
    expect(pieces.length).toBe(text.split('\n').length)
  })

  it('ends where its asker stops it', async () => {
    const stream = listen()
    const onText = (text: string) => {
      stream.onText(text)
      stream.stop('enough')
    }
    const complete = new EmbeddedModel().complete(ask, { signal: stream.signal, onText })
    await expect(complete).rejects.toBe('enough')
    expect(stream.pieces).toHaveLength(1)
  })
})
