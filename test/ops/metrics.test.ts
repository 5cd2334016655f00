import { describe, expect, it } from 'vitest'

import { addCounts, Counters, parseCounts } from '../../src/ops/metrics.ts'
import type { Counts, Later } from '../../src/ops/metrics.ts'

/** A clock that is moved by hand: what waits, and for how long. */
class ManualTimers {
  readonly waiting = new Set<{ readonly run: () => void; readonly ms: number }>()

  readonly later: Later = (run, ms) => {
    const timer = { run, ms }
    this.waiting.add(timer)
    return () => void this.waiting.delete(timer)
  }

  ring(): void {
    for (const timer of this.waiting) {
      this.waiting.delete(timer)
      timer.run()
    }
  }
}

function counting(hand: (counts: Counts) => Promise<void> | void = () => {}): {
  counters: Counters
  timers: ManualTimers
  handed: Counts[]
} {
  const timers = new ManualTimers()
  const handed: Counts[] = []
  const counters = new Counters((counts) => {
    handed.push(counts)
    return hand(counts)
  }, timers.later)
  return { counters, timers, handed }
}

describe('counters', () => {
  it('hand the first count on at once, and a second of later ones as one sum', () => {
    const { counters, timers, handed } = counting()
    counters.count('messages')
    expect([...timers.waiting].map(({ ms }) => ms)).toEqual([0])
    timers.ring()
    counters.count('messages', 2)
    counters.add({ refusals: 1 })
    expect([...timers.waiting].map(({ ms }) => ms)).toEqual([1_000])
    timers.ring()
    expect(handed).toEqual([{ messages: 1 }, { messages: 2, refusals: 1 }])
  })

  it('leave no timer behind when there is nothing to count', () => {
    const { counters, timers } = counting()
    expect(timers.waiting.size).toBe(0)
    counters.add({})
    expect(timers.waiting.size).toBe(0)
    counters.count('messages')
    timers.ring()
    expect(timers.waiting.size).toBe(0)
  })

  it('call their timer off when they are flushed before it', async () => {
    const { counters, timers, handed } = counting()
    counters.count('messages')
    await counters.flush()
    await counters.flush()
    expect([handed, timers.waiting.size]).toEqual([[{ messages: 1 }], 0])
  })

  it.each([
    ['rejects', async () => Promise.reject(new Error('moved'))],
    [
      'throws',
      () => {
        throw new Error('moved')
      },
    ],
  ])('lose nothing when the other side %s, and wait for the next count', async (_, hand) => {
    let isBroken = true
    const { counters, timers, handed } = counting(() => (isBroken ? hand() : undefined))
    counters.count('messages', 5)
    await counters.flush()
    expect(timers.waiting.size).toBe(0)
    isBroken = false
    counters.count('messages')
    timers.ring()
    expect(handed.at(-1)).toEqual({ messages: 6 })
  })

  it('keep what is counted while a sum is on its way', async () => {
    const arrival = Promise.withResolvers<void>()
    const { counters, timers, handed } = counting(async () => arrival.promise)
    counters.count('messages')
    const flushed = counters.flush()
    counters.count('messages', 10)
    expect(timers.waiting.size).toBe(1)
    arrival.reject(new Error('moved'))
    await flushed
    timers.ring()
    expect(handed).toEqual([{ messages: 1 }, { messages: 11 }])
  })
})

it('adds two accounts without touching either', () => {
  const [one, other] = [{ messages: 1 }, { messages: 2, refusals: 3 }]
  expect(addCounts(one, other)).toEqual({ messages: 3, refusals: 3 })
  expect([one, other]).toEqual([{ messages: 1 }, { messages: 2, refusals: 3 }])
})

it.each([
  [
    { messages: 2, rows_written: 0.5 },
    { messages: 2, rows_written: 0.5 },
  ],
  [{ of_tomorrow: 1, __proto__: 1, messages: 1 }, { messages: 1 }],
  [{ messages: -1 }, {}],
  [{ messages: Number.NaN }, {}],
  [{ messages: Infinity }, {}],
  [{ messages: '1' }, {}],
  ['messages', {}],
  [null, {}],
  [undefined, {}],
])('takes %j for %j', (value, counts) => {
  expect(parseCounts(value)).toEqual(counts)
})
