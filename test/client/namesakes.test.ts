import { describe, expect, it, test } from 'vitest'

import { looksOf, namesakesIn } from '../../src/client/store/namesakes.ts'
import type { People } from '../../src/client/store/people.ts'

function peopleCalled(...names: readonly string[]): People {
  return new Map(
    names.map((name, at) => [
      `m_${at}`,
      { id: `m_${at}`, name, role: 'member', state: 'active', mutedUntil: 0 },
    ]),
  )
}

describe('names that look alike', () => {
  test.each([
    ['Ada', 'ada'],
    ['Ada', 'Аdа'],
    ['Ben', 'Bén'],
    ['Ben', 'Ｂｅｎ'],
    ['Lin Yue', 'Lin  Yue'],
    ['Coco', 'Сосо'],
    ['圆桌', '圆桌'],
  ])('such as %j and %j are told apart', (one, other) => {
    expect(looksOf(one)).toBe(looksOf(other))
    expect(namesakesIn(peopleCalled(one, other, 'Zoe'), [])).toEqual(new Set(['m_0', 'm_1']))
  })

  it('are not those that merely begin alike, nor any in another writing', () => {
    expect(namesakesIn(peopleCalled('Ann', 'Ann Marie', 'Анна', '安娜'), [])).toEqual(new Set())
  })

  it('may be the assistant’s own', () => {
    expect(namesakesIn(peopleCalled('Аssistant', 'Ben'), ['assistant'])).toEqual(new Set(['m_0']))
  })

  it('are no matter where one of the two has left', () => {
    const people = new Map(peopleCalled('Ben', 'Ben'))
    const ben = people.get('m_1')
    if (ben) people.set('m_1', { ...ben, state: 'left' })
    expect(namesakesIn(people, [])).toEqual(new Set())
  })
})
