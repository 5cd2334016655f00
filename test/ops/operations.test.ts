import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { METRICS } from '../../src/ops/metrics.ts'

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

interface Account {
  readonly minute: number
  readonly counts: unknown
}

async function accountsOf(name: string): Promise<Account[]> {
  return runInDurableObject(env.OPERATIONS.getByName(name), (_, { storage }) =>
    storage.sql
      .exec<{ minute: number; counts: string }>('SELECT * FROM accounts ORDER BY minute')
      .toArray()
      .map(({ minute, counts }) => ({ minute, counts: JSON.parse(counts) })),
  )
}

it('adds up what groups report, each counter from zero', async () => {
  const operations = env.OPERATIONS.getByName('sums')
  await operations.take({ messages: 2, refusals: 1 })
  await operations.take({ messages: 3 })
  const zeros = Object.fromEntries(METRICS.map((name) => [name, 0]))
  expect(await operations.counters()).toEqual({ ...zeros, messages: 5, refusals: 1 })
})

it('refuses names that it does not know', async () => {
  const operations = env.OPERATIONS.getByName('names')
  await operations.take({ of_tomorrow: 1, constructor: 1, messages: 1 })
  const counters = await operations.counters()
  expect(counters).not.toHaveProperty('of_tomorrow')
  expect(counters['messages']).toBe(1)
})

it('writes two rows for many reports', async () => {
  const operations = env.OPERATIONS.getByName('rows')
  for (let report = 0; report < 20; report += 1) await operations.take({ messages: 1 })
  expect(await accountsOf('rows')).toEqual([])
  await operations.counters()
  expect(await accountsOf('rows')).toEqual([
    { minute: -1, counts: { messages: 20 } },
    { minute: 30_000_000, counts: { messages: 20 } },
  ])
})

it('keeps its counters through an eviction', async () => {
  await env.OPERATIONS.getByName('evicted').take({ messages: 4 })
  await env.OPERATIONS.getByName('evicted').counters()
  await evictDurableObject(env.OPERATIONS.getByName('evicted'))
  const counters = await env.OPERATIONS.getByName('evicted').counters()
  expect(counters['messages']).toBe(4)
})

it('keeps the minutes of one day, and the total for ever', async () => {
  const operations = env.OPERATIONS.getByName('days')
  const start = Date.now()
  for (const minutes of [0, 1, DAY_MINUTES, DAY_MINUTES + 1]) {
    vi.setSystemTime(start + minutes * MINUTE_MS)
    await operations.take({ messages: 1 })
    await operations.counters()
  }
  expect(await accountsOf('days')).toEqual([
    { minute: -1, counts: { messages: 4 } },
    { minute: 30_000_000 + DAY_MINUTES, counts: { messages: 1 } },
    { minute: 30_000_000 + DAY_MINUTES + 1, counts: { messages: 1 } },
  ])
})

it('clears a backlog of old minutes bit by bit', async () => {
  const operations = env.OPERATIONS.getByName('backlog')
  await operations.counters()
  await runInDurableObject(operations, (_, { storage }) => {
    for (let minute = 1; minute <= 25; minute += 1) {
      storage.sql.exec(`INSERT INTO accounts VALUES (?, '{}')`, minute)
    }
  })
  const left: number[] = []
  for (let write = 0; write < 3; write += 1) {
    await operations.take({ messages: 1 })
    await operations.counters()
    left.push((await accountsOf('backlog')).length - 2)
  }
  expect(left).toEqual([15, 5, 0])
})
