import { describe, expect, it, test } from 'vitest'

import { fill, fillCount, toLanguage, WORDS } from '../../src/client/words/words.ts'
import { REFUSAL_CODES } from '../../src/protocol/codes.ts'

type Leaves = ReadonlyMap<string, string>

function leavesOf(value: unknown, path = '', leaves = new Map<string, string>()): Leaves {
  if (typeof value === 'string') leaves.set(path, value)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) leavesOf(inner, `${path}.${name}`, leaves)
  }
  return leaves
}

const gapsOf = (sentence: string) =>
  [...sentence.matchAll(/\{\w+\}/g)].map(([gap]) => gap).toSorted()

describe('words', () => {
  const en = leavesOf(WORDS.en)
  const zh = leavesOf(WORDS['zh-CN'])

  it('exist in every language', () => {
    expect([...zh.keys()]).toEqual([...en.keys()])
    expect([...en, ...zh].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('have the same gaps in every language', () => {
    for (const [path, sentence] of en) {
      expect([path, gapsOf(zh.get(path) ?? '')]).toEqual([path, gapsOf(sentence)])
    }
  })

  it('say every refusal', () => {
    expect(Object.keys(WORDS.en.refusals).toSorted()).toEqual(REFUSAL_CODES.toSorted())
  })

  it('keep the names by which tests find things (PROTOCOL §11)', () => {
    const named = (language: 'en' | 'zh-CN') => {
      const { landing, room, composer, invite, join, ops } = WORDS[language]
      return [
        landing.groupName,
        landing.yourName,
        landing.create,
        composer.message,
        composer.send,
        composer.stop,
        room.invite,
        invite.link,
        room.messages,
        join.yourName,
        join.join,
        ops.token,
      ].join(' · ')
    }
    expect(named('en')).toBe(
      'Group name · Your name · Create · Message · Send · Stop · Invite · Invite link · Messages · Your name · Join · Operator token',
    )
    expect(named('zh-CN')).toBe(
      '群名 · 你的名字 · 创建 · 消息 · 发送 · 停止 · 邀请 · 邀请链接 · 消息列表 · 你的名字 · 加入 · 运维令牌',
    )
  })
})

describe('sentences', () => {
  it('are filled, and keep a gap that nothing was given for', () => {
    expect(fill('{name} of {count}', { name: 'Ada' })).toBe('Ada of {count}')
  })

  test.each([
    ['en', 1, '1 member'],
    ['en', 1_200, '1,200 members'],
    ['zh-CN', 1, '1 位成员'],
  ] as const)('follow numbers in %s', (language, count, expected) => {
    expect(fillCount(WORDS[language].room.memberCount, language, count)).toBe(expected)
  })

  test.each([
    [['zh-CN'], 'zh-CN'],
    [['zh-Hant-TW', 'en'], 'zh-CN'],
    [['fr', 'en-GB'], 'en'],
    [['de'], 'en'],
    [[], 'en'],
  ])('are read in the language asked for: %j', (wanted, language) => {
    expect(toLanguage(wanted)).toBe(language)
  })
})
