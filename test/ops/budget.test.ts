import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'

import { Budget } from '../../src/ops/budget.ts'

const DAY_MS = 86_400_000
const MONDAY = 20_000 * DAY_MS + 1_000

/** A purse of its own for each test, in the storage of an object that has no other use. */
async function withPurse(name: string, use: (purse: Budget) => void): Promise<void> {
  const object = env.OPERATIONS.getByName(name)
  await runInDurableObject(object, (_, { storage }) => use(new Budget(storage)))
}

it('sets aside until a day is used up, and says when the next begins', async () => {
  await withPurse('budget-replies', (purse) => {
    const limits = { repliesPerDay: 2 }
    expect(purse.hold('a', 100, limits, MONDAY)).toBeUndefined()
    expect(purse.hold('b', 100, limits, MONDAY)).toBeUndefined()
    expect(purse.hold('c', 1, limits, MONDAY)).toEqual({ retryAt: 20_001 * DAY_MS })
    expect(purse.spent(MONDAY)).toEqual({ replies: 2, tokens: 200 })
    expect(purse.hold('c', 1, limits, MONDAY + DAY_MS)).toBeUndefined()
  })
})

it('holds a limit of tokens to the token', async () => {
  await withPurse('budget-tokens', (purse) => {
    const limits = { tokensPerDay: 300 }
    expect(purse.hold('a', 200, limits, MONDAY)).toBeUndefined()
    expect(purse.hold('b', 101, limits, MONDAY)).toBeDefined()
    expect(purse.hold('b', 100, limits, MONDAY)).toBeUndefined()
  })
})

it('counts what is asked for twice once, and what is settled twice once', async () => {
  await withPurse('budget-twice', (purse) => {
    const limits = { tokensPerDay: 150 }
    for (let time = 0; time < 2; time += 1) {
      expect(purse.hold('a', 100, limits, MONDAY)).toBeUndefined()
    }
    expect(purse.spent(MONDAY)).toEqual({ replies: 1, tokens: 100 })
    for (let time = 0; time < 2; time += 1) purse.settle('a', 1, 40)
    expect(purse.spent(MONDAY)).toEqual({ replies: 1, tokens: 40 })
    purse.settle('never held', 1, 40)
    expect(purse.spent(MONDAY)).toEqual({ replies: 1, tokens: 40 })
  })
})

it('settles on the day on which it was set aside', async () => {
  await withPurse('budget-days', (purse) => {
    purse.hold('a', 100, {}, MONDAY)
    purse.hold('b', 100, {}, MONDAY + DAY_MS)
    purse.settle('a', 0, 0)
    expect(purse.spent(MONDAY)).toEqual({ replies: 0, tokens: 0 })
    expect(purse.spent(MONDAY + DAY_MS)).toEqual({ replies: 1, tokens: 100 })
  })
})

it('forgets what was never settled once its day is long over', async () => {
  await runInDurableObject(env.OPERATIONS.getByName('budget-left'), (_, { storage }) => {
    const purse = new Budget(storage)
    purse.hold('a', 100, {}, MONDAY)
    purse.hold('b', 100, {}, MONDAY + 2 * DAY_MS)
    expect(storage.sql.exec('SELECT name FROM holds').toArray()).toEqual([{ name: 'b' }])
    purse.settle('a', 1, 40)
    expect(purse.spent(MONDAY)).toEqual({ replies: 0, tokens: 0 })
  })
})
