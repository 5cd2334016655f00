import { signal } from '@preact/signals'
import { describe, expect, it, test } from 'vitest'

import { withNews } from '../../src/client/room/about.ts'
import { Company } from '../../src/client/room/company.ts'
import { Muted } from '../../src/client/room/muted.ts'
import type { People, Person } from '../../src/client/store/people.ts'
import { withMembership, withNames, withRoster } from '../../src/client/store/people.ts'
import type { MemberChange, Role } from '../../src/protocol/events.ts'
import { event, welcome } from './support/events.ts'
import { FakeClock, settle } from './support/fake-clock.ts'

const BEN: Person = { id: 'm_ben', name: 'Ben', role: 'member', state: 'active', mutedUntil: 0 }
const KNOWN: People = new Map([[BEN.id, BEN]])

function change(seq: number, kind: MemberChange, role: Role = 'member', until?: number) {
  const body = { member: 'm_ben', change: kind, role, name: 'Ben' }
  return event(seq, 'member', until === undefined ? body : { ...body, until })
}

describe('the people of a group', () => {
  test.each([
    ['joined', 'active'],
    ['role', 'active'],
    ['renamed', 'active'],
    ['muted', 'active'],
    ['left', 'left'],
    ['removed', 'left'],
    ['denied', 'left'],
    ['banned', 'banned'],
  ] as const)('after %s are %s', (kind, state) => {
    expect(withMembership(KNOWN, [change(1, kind)]).get('m_ben')?.state).toBe(state)
  })

  it('are gone, not back, when they are forgiven', () => {
    const after = withMembership(KNOWN, [change(1, 'banned'), change(2, 'unbanned')])
    expect(after.get('m_ben')?.state).toBe('left')
  })

  it('are muted until the time that was said, or until somebody lifts it', () => {
    const muted = withMembership(KNOWN, [change(1, 'muted', 'member', 5_000)])
    expect(muted.get('m_ben')?.mutedUntil).toBe(5_000)
    expect(withMembership(muted, [change(2, 'role')]).get('m_ben')?.mutedUntil).toBe(5_000)
    expect(withMembership(muted, [change(2, 'unmuted')]).get('m_ben')?.mutedUntil).toBe(0)
  })

  it('keep their names when a new list does without them', () => {
    expect(withRoster(KNOWN, []).get('m_ben')).toEqual({ ...BEN, state: 'left' })
  })
})

describe('older entries', () => {
  it('give names to those who have left, and change nobody who is known', () => {
    const joined = event(1, 'member', {
      member: 'm_cem',
      change: 'joined',
      role: 'member',
      name: 'Cem',
    })
    const people = withNames(KNOWN, [joined, change(2, 'removed')])
    expect(people.get('m_cem')).toMatchObject({ name: 'Cem', state: 'left' })
    expect(people.get('m_ben')).toBe(BEN)
  })
})

describe('what is known about the group', () => {
  const about = welcome(0)

  it('follows one’s own role, and nobody else’s', () => {
    const promoted = event(1, 'member', {
      member: 'm_ada',
      change: 'role',
      role: 'moderator',
      name: 'Ada',
    })
    expect(withNews(about, promoted).you.role).toBe('moderator')
    expect(withNews(about, change(1, 'role', 'moderator')).you.role).toBe('member')
  })

  it('follows title and settings', () => {
    const changed = event(1, 'settings', { changed: { title: 'Hall', slowModeSeconds: 30 } })
    expect(withNews(about, changed).group).toMatchObject({
      title: 'Hall',
      settings: { mode: 'mention', slowModeSeconds: 30 },
    })
  })
})

describe('the list of members', () => {
  function asked() {
    const answers: ((roster: readonly Person[]) => void)[] = []
    const company = new Company(() => new Promise((resolve) => answers.push(resolve)), signal(null))
    return { company, answers, state: () => company.people.value.get('m_ben')?.state }
  }

  it('gives way to what the log said while it was on its way', async () => {
    const { company, answers, state } = asked()
    company.welcome(welcome(3))
    void company.load()
    company.take([change(4, 'removed')])
    answers[0]?.([BEN])
    await settle()
    expect(state()).toBe('left')
  })

  it('is newer than the past that a welcome brings', async () => {
    const { company, answers, state } = asked()
    company.welcome(welcome(3, { waiting: 1 }))
    void company.load()
    company.take([change(3, 'denied')])
    answers[0]?.([{ ...BEN, state: 'waiting' }])
    await settle()
    expect(state()).toBe('waiting')
    expect(company.applicants.value).toHaveLength(1)
  })

  it('is fetched once more when it is asked for on the way', async () => {
    const { company, answers } = asked()
    void company.load()
    void company.load()
    void company.load()
    expect(answers).toHaveLength(1)
    answers[0]?.([])
    await settle()
    expect(answers).toHaveLength(2)
  })
})

describe('a mute', () => {
  it('ends by itself', async () => {
    const clock = new FakeClock()
    const muted = new Muted(clock)
    const until = clock.now() + 600_000
    muted.set(until)
    expect(muted.until.value).toBe(until)
    await clock.pass(599_999)
    expect(muted.until.value).toBe(until)
    await clock.pass(1)
    expect(muted.until.value).toBe(0)
  })

  it('that is over is none', () => {
    const clock = new FakeClock()
    const muted = new Muted(clock)
    muted.set(clock.now())
    expect(muted.until.value).toBe(0)
  })
})
