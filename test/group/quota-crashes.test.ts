import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { Budget } from '../../src/ops/budget.ts'
import { OPERATIONS_NAME } from '../../src/ops/metrics.ts'
import { createRandom } from '../support/random.ts'
import { foundGroup } from '../support/room.ts'
import type { Seat, Table } from '../support/room.ts'

const PEOPLE = 10
const ROUNDS = 100

/** Limits in tokens, of which the one named is reached first. */
const LIMITS = [
  { first: 'member', member: 30_000, group: 500_000, deployment: 500_000 },
  { first: 'group', member: 90_000, group: 300_000, deployment: 500_000 },
  { first: 'deployment', member: 90_000, group: 500_000, deployment: 300_000 },
] as const

const VARIABLES = {
  MODEL_BASE_URL: 'http://model.test/v1',
  MODEL_NAME: 'stand-in',
  LIMIT_MEMBER_BURST: '100000',
  LIMIT_GROUP_PER_SECOND: '100000',
  LIMIT_REPLIES_PER_MINUTE: '100000',
  QUOTA_MEMBER_TOKENS_PER_HOUR: '',
  QUOTA_GROUP_TOKENS_PER_DAY: '',
  QUOTA_DEPLOYMENT_TOKENS_PER_DAY: '',
}

const DAY_MS = 86_400_000

// The middle of an hour: what is asked in one is not forgotten in the next. Each run has a day of its own.
let noon = Date.UTC(2027, 0, 10, 12, 30)

beforeEach(() => {
  noon += DAY_MS
  vi.useFakeTimers({ toFake: ['Date'], now: noon })
  Object.assign(env, VARIABLES)
})

afterEach(() => {
  Object.assign(env, Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ''])))
  vi.restoreAllMocks()
  vi.useRealTimers()
})

interface Account {
  readonly members: Readonly<Record<string, number>>
  readonly group: number
  readonly deployment: number
}

/** What is reserved or settled at this very moment, read from the tables and not by the code. */
async function accountOf(table: Table): Promise<Account> {
  const rows = await runInDurableObject(table.group, (_, { storage }) =>
    storage.sql
      .exec<{ member: string; tokens: number }>(
        `SELECT member, input_tokens + output_tokens AS tokens FROM ledger
         UNION ALL SELECT asker, reserved_input + reserved_output FROM replies`,
      )
      .toArray(),
  )
  const members: Record<string, number> = {}
  for (const { member, tokens } of rows) members[member] = (members[member] ?? 0) + tokens
  const group = rows.reduce((sum, { tokens }) => sum + tokens, 0)
  return { members, group, deployment: await spentToday() }
}

async function spentToday(): Promise<number> {
  const purse = env.OPERATIONS.getByName(OPERATIONS_NAME)
  return runInDurableObject(purse, (_, { storage }) => new Budget(storage).spent(Date.now()).tokens)
}

function stream(text: string, tokens: number): Response {
  const usage = { prompt_tokens: tokens, completion_tokens: tokens }
  const events = [
    { choices: [{ delta: { content: text } }] },
    { choices: [{ delta: {}, finish_reason: 'stop' }], usage },
  ]
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  return new Response(`${body}data: [DONE]\n\n`, {
    headers: { 'content-type': 'text/event-stream' },
  })
}

it.each(LIMITS)(
  'holds $first limits to the token through a thousand asks and crashes',
  async (limits) => {
    Object.assign(env, {
      QUOTA_MEMBER_TOKENS_PER_HOUR: String(limits.member),
      QUOTA_GROUP_TOKENS_PER_DAY: String(limits.group),
      QUOTA_DEPLOYMENT_TOKENS_PER_DAY: String(limits.deployment),
    })
    const seed = 20_261_125
    const random = createRandom(seed)
    // Some answers are whole, some fail, and some are never given: a crash finds those under way.
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      const luck = random()
      if (luck < 0.1) return new Promise<Response>(() => {})
      return luck < 0.2 ? new Response('', { status: 500 }) : stream('Yes.', 50 + random() * 800)
    })
    vi.spyOn(console, 'log').mockImplementation(() => {})
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const table = await foundGroup()
    const people = [table.owner]
    while (people.length < PEOPLE) people.push(await table.join(`P${people.length}`))
    let seats: Seat[] = []
    const sit = async () => {
      seats = await Promise.all(people.map(({ id }) => table.connect(id)))
    }
    await sit()
    let asked = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [at, seat] of seats.entries()) {
        seat.send({ type: 'say', id: `q${round}-${at}`, text: `@assistant ${round}?` })
        asked += 1
      }
      // What the first of the next frames finds has happened; how far the rest is, is up to chance.
      await seats[0]?.say(`round ${round}`, { id: `r${round}` })
      const account = await accountOf(table)
      expect(Math.max(...Object.values(account.members))).toBeLessThanOrEqual(limits.member)
      expect(account.group).toBeLessThanOrEqual(limits.group)
      expect(account.deployment).toBeLessThanOrEqual(limits.deployment)
      if (round % 12 !== 11) continue
      await abortAllDurableObjects()
      // What was cut off is ended by its lease, and what was promised is answered or declined.
      vi.setSystemTime(Date.now() + 31_000)
      await runDurableObjectAlarm(table.group)
      await sit()
    }
    await abortAllDurableObjects()
    for (let ring = 0; ring < 4; ring += 1) {
      vi.setSystemTime(Date.now() + 31_000)
      await runDurableObjectAlarm(table.group)
    }
    const left = await accountOf(table)
    const log = await table.log()
    const ends = log.flatMap((event) => (event.kind === 'reply.ended' ? [event.body] : []))
    const starts = log.filter(({ kind }) => kind === 'reply.started')
    const settled = await runInDurableObject(table.group, (_, { storage }) =>
      storage.sql
        .exec<{ n: number; tokens: number; open: number }>(
          `SELECT count(*) AS n, sum(input_tokens + output_tokens) AS tokens,
           (SELECT count(*) FROM replies) AS open FROM ledger`,
        )
        .one(),
    )
    expect(asked).toBe(PEOPLE * ROUNDS)
    expect(settled).toEqual({ n: ends.length, tokens: left.group, open: 0 })
    expect(starts).toHaveLength(ends.length)
    // Whatever was set aside anywhere has been settled: the purse holds what the ledger sums to.
    expect(left.deployment).toBe(left.group)
    // The limit was really reached; what was set aside at the last crash has cost less in the end.
    const used = { member: Math.max(...Object.values(left.members)), ...left }
    expect(used[limits.first]).toBeGreaterThan(limits[limits.first] * 0.8)
    expect(ends.length).toBeGreaterThan(50)
    expect(ends.length).toBeLessThan(PEOPLE * ROUNDS)
    expect(ends.some(({ status }) => status === 'interrupted')).toBe(true)
  },
  120_000,
)
