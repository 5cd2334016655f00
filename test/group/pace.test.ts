import { describe, expect, it } from 'vitest'

import { memoryMs, Pace } from '../../src/group/pace.ts'

const LIMIT = { burst: 20, perSecond: 1 }

/** Sends as much as the pace allows at `now`; how much that was. */
function sendAll(pace: Pace, now: number): number {
  let sent = 0
  while (pace.waitMs('m', now) === 0 && sent < 10_000) {
    pace.spend('m', pace.next('m', now))
    sent += 1
  }
  return sent
}

describe('pace', () => {
  it('lets a burst through and then one a second', () => {
    const pace = new Pace(LIMIT)
    expect(sendAll(pace, 0)).toBe(20)
    expect(pace.waitMs('m', 0)).toBe(1_000)
    expect(sendAll(pace, 999)).toBe(0)
    expect(sendAll(pace, 1_000)).toBe(1)
    expect(sendAll(pace, 6_000)).toBe(5)
  })

  it('refills no more than the burst, however long the pause', () => {
    const pace = new Pace(LIMIT)
    sendAll(pace, 0)
    expect(sendAll(pace, 12_000)).toBe(12)
    expect(sendAll(pace, 10_000_000)).toBe(20)
  })

  it('goes on where the log says it stood', () => {
    const before = new Pace(LIMIT)
    sendAll(before, 0)
    const after = new Pace(LIMIT, new Map([['m', 20_000]]))
    expect(sendAll(after, 12_000)).toBe(12)
    expect(memoryMs(LIMIT)).toBe(20_000)
  })

  it('keeps rates beyond one a millisecond', () => {
    const pace = new Pace({ burst: 5_000, perSecond: 5_000 })
    expect(sendAll(pace, 0)).toBe(5_000)
    expect(sendAll(pace, 100)).toBe(500)
  })

  it('keeps members apart', () => {
    const pace = new Pace(LIMIT)
    sendAll(pace, 0)
    expect(pace.waitMs('other', 0)).toBe(0)
  })
})
