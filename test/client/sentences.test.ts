import { describe, expect, it, test } from 'vitest'

import { sentenceOf } from '../../src/client/room/note.ts'
import { reasonOf } from '../../src/client/room/refusal.ts'
import { durationOf } from '../../src/client/shell/amounts.ts'
import type { Note } from '../../src/client/store/item.ts'
import { WORDS } from '../../src/client/words/words.ts'
import type { Language } from '../../src/client/words/words.ts'
import type { EventBodies, MemberChange } from '../../src/protocol/events.ts'

function memberNote(change: MemberChange, from = 'm_ada'): Note {
  const member = { member: 'm_ben', change, role: 'moderator', name: 'Ben', until: 1_000 } as const
  return { kind: 'note', seq: 1, key: '1', at: 1_000, from, about: { is: 'member', ...member } }
}

function settingsNote(changed: EventBodies['settings']['changed']): Note {
  const about = { is: 'settings', changed } as const
  return { kind: 'note', seq: 1, key: '1', at: 1_000, from: 'm_ada', about }
}

const say = (note: Note, language: Language, call = { by: 'Ada', name: 'Ben' }) =>
  sentenceOf(note, call, WORDS[language], language)

describe('a note', () => {
  test.each([
    ['joined', 'm_ben', 'Ben joined', 'Ben 加入了'],
    ['joined', 'm_ada', 'Ada let Ben in', 'Ada 准许 Ben 加入'],
    ['removed', 'm_ada', 'Ada removed Ben', 'Ada 把 Ben 移出了群组'],
    ['denied', 'm_ada', 'Ada did not let Ben in', 'Ada 没有准许 Ben 加入'],
    ['role', 'm_ada', 'Ada made Ben a moderator', 'Ada 把 Ben 设为管理员'],
    ['role', 'm_ben', 'Ben became a moderator', 'Ben 成为管理员'],
    ['left', 'm_ben', 'Ben left', 'Ben 离开了'],
  ] as const)('about %s by %s says who did it', (change, from, en, zh) => {
    expect(say(memberNote(change, from), 'en')).toBe(en)
    expect(say(memberNote(change, from), 'zh-CN')).toBe(zh)
  })

  it('says what somebody was called before', () => {
    const renamed = { member: 'm_ben', change: 'renamed', role: 'member', name: 'Benno' } as const
    const about = { is: 'member', ...renamed, formerly: 'Ben' } as const
    const note: Note = { kind: 'note', seq: 1, key: '1', at: 1_000, from: 'm_ben', about }
    expect(say(note, 'en')).toBe('“Ben” is now called “Benno”')
    expect(say(note, 'zh-CN')).toBe('「Ben」改名为「Benno」')
  })

  it('says until when somebody is muted', () => {
    expect(say(memberNote('muted'), 'en')).toMatch(/^Ada muted Ben until \d\d:\d\d$/)
  })

  it('puts no space between Chinese and Chinese', () => {
    const call = { by: '老吴', name: 'Ben' }
    expect(say(memberNote('removed'), 'zh-CN', call)).toBe('老吴把 Ben 移出了群组')
    expect(say(memberNote('removed'), 'en', call)).toBe('老吴 removed Ben')
  })

  it('lists the settings that were changed', () => {
    const note = settingsNote({ title: 'Hall', join: 'approval', slowModeSeconds: 30 })
    expect(say(note, 'en')).toBe(
      'Ada changed the settings: name “Hall”, moderators let people in, one message every 30 seconds',
    )
    expect(say(settingsNote({ slowModeSeconds: 0 }), 'zh-CN')).toBe(
      'Ada 更改了群设置：关闭慢速模式',
    )
  })
})

describe('a length of time', () => {
  test.each([
    [30, '30 seconds'],
    [60, '1 minute'],
    [90, '2 minutes'],
    [3_600, '1 hour'],
    [86_400, '1 day'],
    [604_800, '7 days'],
  ])('of %i s is %s', (seconds, expected) => {
    expect(durationOf(seconds, 'en')).toBe(expected)
  })
})

describe('a refusal', () => {
  it('says how long to wait, where that is worth saying', () => {
    const slow = { code: 'too_fast', retryAfterMs: 28_000 } as const
    expect(reasonOf(slow, WORDS.en, 'en')).toBe('wait 28 seconds before the next message')
    const soon = { code: 'too_fast', retryAfterMs: 300 } as const
    expect(reasonOf(soon, WORDS.en, 'en')).toBe(WORDS.en.refusals.too_fast)
    expect(reasonOf({ code: 'forbidden' }, WORDS.en, 'en')).toBe(WORDS.en.refusals.forbidden)
  })
})
