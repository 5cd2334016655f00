import { expect, it } from 'vitest'

import { Solitude } from '../../src/group/solitude.ts'
import { ManualTimers } from '../model/manual-timers.ts'

function watched() {
  const timers = new ManualTimers()
  const seen = { isAlone: false, ends: 0 }
  const solitude = new Solitude(
    () => seen.isAlone,
    () => (seen.ends += 1),
    timers.start,
  )
  const becomes = (isAlone: boolean) => {
    seen.isAlone = isAlone
    solitude.look()
  }
  return { timers, seen, becomes }
}

it('lets what nobody hears go on for 20 s, and no longer', () => {
  const { timers, seen, becomes } = watched()
  becomes(true)
  timers.advance(19_999)
  expect(seen.ends).toBe(0)
  timers.advance(1)
  expect(seen.ends).toBe(1)
  expect(timers.waiting).toBe(0)
})

it('forgets the time alone when somebody comes back, and counts anew', () => {
  const { timers, seen, becomes } = watched()
  becomes(true)
  timers.advance(15_000)
  becomes(false)
  expect(timers.waiting).toBe(0)
  becomes(true)
  timers.advance(15_000)
  expect(seen.ends).toBe(0)
  timers.advance(5_000)
  expect(seen.ends).toBe(1)
})

it('counts from when it began, however often it looks', () => {
  const { timers, seen, becomes } = watched()
  becomes(true)
  timers.advance(10_000)
  becomes(true)
  timers.advance(10_000)
  expect(seen.ends).toBe(1)
})
