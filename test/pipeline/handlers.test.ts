import { describe, expect, it } from 'vitest'

import { mentionsAssistant } from '../../src/pipeline/address.ts'
import { messageChain } from '../../src/pipeline/chain.ts'
import { intentOf } from '../../src/pipeline/handlers/classify.ts'
import { cleanText } from '../../src/pipeline/handlers/sanitize.ts'
import type { Turn } from '../../src/pipeline/turn.ts'
import { wordList, WordList } from '../../src/pipeline/words.ts'
import { DEFAULT_SETTINGS } from '../../src/protocol/events.ts'
import { turnOf } from './turn.ts'

describe('sanitize', () => {
  it.each([
    ['keeps plain words', 'plain words', 'plain words'],
    ['composes accents', 'e\u0301', 'é'],
    ['removes controls but not lines', 'a\u0000b\nc\td', 'ab\nc\td'],
    ['turns foreign line ends into lines', 'a\r\nb\rc', 'a\nb\nc'],
    ['removes direction overrides', 'a\u202Eb\u2066c', 'abc'],
    ['removes zero-width spaces', 'a\u200Bb\uFEFFc', 'abc'],
    ['removes hidden tags', 'a\u{E0041}\u{E0042}b', 'ab'],
    ['keeps the flag of Scotland', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['keeps a family together', '👩‍👩‍👧', '👩‍👩‍👧'],
    ['keeps Persian joiners', 'می‌خواهم', 'می‌خواهم'],
    ['removes joiners that join nothing', ' \u200D ', '  '],
    ['mends half a character', 'a\uD800b', 'a\uFFFDb'],
  ])('%s', (_, raw, clean) => {
    expect(cleanText(raw).text).toBe(clean)
  })
})

describe('moderate', () => {
  it.each([
    ['Fuck!', '████!'],
    ['ＦＵＣＫ', '████'],
    ['fucking', '███████'],
    ['你这个傻逼啊', '你这个██啊'],
    ['Scunthorpe', 'Scunthorpe'],
    ['shitake', 'shitake'],
    ['😀fuck😀', '😀████😀'],
  ])('makes %s into %s', (text, masked) => {
    expect(wordList().mask(text)).toBe(masked)
  })

  it('takes a deployment’s own words, dots and all', () => {
    expect(wordList('a.b, 机密').mask('a.b axb 机密')).toBe('███ axb ██')
  })

  it('finds nothing with an empty list', () => {
    expect(new WordList([]).find('anything')).toEqual([])
  })
})

describe('[P13] an address', () => {
  it.each([
    ['@assistant hi', true],
    ['hi @Assistant', true],
    ['你好@助手帮我看看', true],
    ['＠助手 在吗', true],
    ['@Sage what now', true],
    ['Sage, what now?', true],
    ['what do you think, Sage?', true],
    ['Sage said so yesterday', false],
    ['a sage decision, made late', false],
    ['mail bob@assistant.com', false],
    ['@assistants unite', false],
    ['`@assistant` is the name', false],
    ['```\n@assistant\n```', false],
    ['> @assistant said', false],
    ['> @assistant said\n@assistant why?', true],
  ])('%s: %s', (text, expected) => {
    expect(mentionsAssistant(text, 'Sage')).toBe(expected)
  })

  it('takes a name for what it is, not for a pattern', () => {
    expect(mentionsAssistant('@a.b hi', 'a.b')).toBe(true)
    expect(mentionsAssistant('@axb hi', 'a.b')).toBe(false)
    expect(mentionsAssistant('hi', '(')).toBe(false)
  })
})

describe('classify', () => {
  it.each([
    ['@assistant help', 'help'],
    ['@助手 帮助', 'help'],
    ['@assistant', 'help'],
    ['@assistant hello', 'greet'],
    ['@助手 你好', 'greet'],
    ['谢谢 @助手', 'greet'],
    ['@assistant search for the door code', 'search'],
    ['@助手 找一下会议时间', 'search'],
    ['@assistant who said canary?', 'search'],
    ['谁提到过苏州 @助手', 'search'],
    ['@assistant summarize this', 'summarize'],
    ['@助手 总结一下', 'summarize'],
    ['Sage, catch me up', 'summarize'],
    ['@assistant what is the capital of France?', 'ask'],
    ['@助手 明天天气怎么样', 'ask'],
  ])('%s: %s', (text, intent) => {
    expect(intentOf(text, 'Sage')).toBe(intent)
  })
})

describe('the chain', () => {
  const parts = {
    words: wordList(),
    publisher: { append: () => ({ seq: 1, at: 1 }), retract: () => {} },
    judge: undefined,
    voice: { answer: async () => {} },
  }

  it.each([
    ['is not addressed', turnOf('hello'), { to: 'nobody', why: 'not_addressed' }],
    ['is mentioned', turnOf('@assistant hi'), { to: 'assistant', why: 'mention' }],
    [
      'is answered',
      turnOf('and now?', { answersAssistant: true }),
      { to: 'assistant', why: 'reply' },
    ],
    [
      'is switched off',
      turnOf('@assistant hi', { settings: { ...DEFAULT_SETTINGS, mode: 'off' } }),
      { to: 'nobody', why: 'mode_off' },
    ],
    [
      'is in an edit',
      turnOf('@assistant', { kind: 'edit', target: 1 }),
      { to: 'nobody', why: 'edited' },
    ],
  ] as const)('knows who speaks when the assistant %s', async (_, turn: Turn, expected) => {
    await messageChain(parts)(turn)
    expect(turn.route).toEqual(expected)
  })

  it('retracts what the judge rejects, and does not answer it', async () => {
    const retracted: unknown[] = []
    const turn = turnOf('@assistant something bad')
    await messageChain({
      ...parts,
      publisher: { ...parts.publisher, retract: (...what) => void retracted.push(what) },
      judge: async () => ({ rule: 'hate' }),
    })(turn)
    expect(retracted).toEqual([[1, 'hate']])
    expect(turn.route).toEqual({ to: 'nobody', why: 'retracted' })
  })

  it('publishes and answers although the judge fails', async () => {
    const turn = turnOf('@assistant hi')
    const judge = async () => {
      throw new Error('down')
    }
    await messageChain({ ...parts, judge })(turn)
    expect(turn.verdict).toEqual({ kind: 'unjudged', why: 'judge_failed' })
    expect(turn.route).toMatchObject({ to: 'assistant' })
  })

  it('refuses what is invisible and publishes nothing of it', async () => {
    const turn = turnOf('\u200B')
    const append = () => {
      throw new Error('published')
    }
    await messageChain({ ...parts, publisher: { ...parts.publisher, append } })(turn)
    expect(turn.refusal).toMatchObject({ code: 'bad_frame' })
  })
})
