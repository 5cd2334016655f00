import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Budget } from '../../src/ops/budget.ts'
import { OPERATIONS_NAME } from '../../src/ops/metrics.ts'
import type { GroupEvent } from '../../src/protocol/events.ts'
import { foundGroup, valueOf } from '../support/room.ts'
import type { Seat, Table } from '../support/room.ts'
import { ToldEndpoint } from '../support/told-endpoint.ts'

/** After which time a lease has run out, in milliseconds. */
const LEASE_MS = 31_000

const VARIABLES = {
  MODEL_BASE_URL: 'http://model.test/v1',
  MODEL_NAME: 'stand-in',
  QUOTA_GROUP_TOKENS_PER_DAY: '',
  QUOTA_DEPLOYMENT_TOKENS_PER_DAY: '',
}

let endpoint: ToldEndpoint
let now = Date.UTC(2027, 5, 1, 12, 30)

beforeEach(() => {
  // Each test has a day of its own, and so a purse of its own.
  now += 86_400_000
  vi.useFakeTimers({ now, toFake: ['Date'] })
  endpoint = new ToldEndpoint()
  Object.assign(env, VARIABLES)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) =>
    endpoint.fetch(input, init),
  )
})

afterEach(() => {
  Object.assign(env, Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ''])))
  vi.restoreAllMocks()
  vi.useRealTimers()
})

async function begun(text: string): Promise<Table> {
  const table = await foundGroup()
  const ada = await table.connect()
  await ada.say('@assistant tell')
  endpoint.says(text)
  await ada.next('delta')
  return table
}

/** The object dies, and whoever is named comes back to it; then the lease runs out. */
async function crash(table: Table, back?: string): Promise<{ seat?: Seat; done: Promise<void> }> {
  await abortAllDurableObjects()
  endpoint = new ToldEndpoint()
  const seat = back === undefined ? undefined : await table.connect(back)
  vi.setSystemTime(Date.now() + LEASE_MS)
  return { ...(seat && { seat }), done: alarmOf(table) }
}

/** Rings the alarm, and waits until it is over or cut off by a crash. */
async function alarmOf(table: Table): Promise<void> {
  await Promise.allSettled([runDurableObjectAlarm(table.group)])
}

/** The ends in the log, once there are so many: nothing that is due waits for them. */
async function ends(table: Table, count = 1): Promise<readonly GroupEvent[]> {
  return vi.waitFor(async () => {
    const found = (await table.log()).filter(({ kind }) => kind === 'reply.ended')
    expect(found).toHaveLength(count)
    return found
  })
}

async function account(table: Table) {
  const { entries } = valueOf(await table.group.ledger(table.owner.id, 1_000, 10))
  return entries
}

describe('a reply that a crash orphaned', () => {
  it('[P12] of which little was seen is answered anew, for an asker who is there', async () => {
    const table = await begun('Once')
    const { seat } = await crash(table, table.owner.id)
    expect(await seat?.next('snapshot')).toEqual({ type: 'snapshot', reply: 3, run: 2, text: '' })
    endpoint.says('Twice')
    expect(await seat?.next('delta')).toMatchObject({ reply: 3, run: 2, offset: 0, text: 'Twice' })
    expect((await table.connect()).welcome.replies).toEqual([{ reply: 3, run: 2, text: 'Twice' }])
    endpoint.finishes()
    await seat?.event(({ kind }) => kind === 'reply.ended')
    expect(await ends(table)).toMatchObject([
      { body: { reply: 3, status: 'complete', text: 'Twice' } },
    ])
  })

  it('pays for both calls, and leaves nothing set aside', async () => {
    Object.assign(env, { QUOTA_DEPLOYMENT_TOKENS_PER_DAY: '100000' })
    const table = await begun('Once')
    const reserved = await reservedIn(table)
    const { seat } = await crash(table, table.owner.id)
    await seat?.next('snapshot')
    const both = await reservedIn(table)
    expect(both.input).toBe(2 * reserved.input)
    endpoint.says('Twice as long')
    endpoint.finishes()
    await seat?.event(({ kind }) => kind === 'reply.ended')
    const [entry, ...others] = await account(table)
    expect(others).toEqual([])
    expect(entry).toMatchObject({ reply: 3, replies: 1, inputTokens: both.input, estimated: true })
    expect(await reservedIn(table)).toEqual({ input: 0 })
    await runDurableObjectAlarm(table.group)
    const tokens = (entry?.inputTokens ?? 0) + (entry?.outputTokens ?? 0)
    expect(await spentToday()).toEqual({ replies: 1, tokens })
  })

  it('[P11] is answered anew once: a second crash ends it', async () => {
    const table = await begun('Once')
    const first = await crash(table, table.owner.id)
    await first.seat?.next('snapshot')
    const { input } = await reservedIn(table)
    const second = await crash(table, table.owner.id)
    await Promise.all([first.done, second.done])
    expect(await ends(table)).toMatchObject([
      { body: { reply: 3, status: 'interrupted', text: '' } },
    ])
    expect(await account(table)).toMatchObject([{ reply: 3, inputTokens: input }])
    expect(endpoint.signals).toEqual([])
  })

  it('of which more was seen ends with what was seen', async () => {
    const table = await begun('x'.repeat(40))
    await (
      await crash(table, table.owner.id)
    ).done
    expect(await ends(table)).toMatchObject([
      { body: { status: 'interrupted', text: 'x'.repeat(40) } },
    ])
    expect(endpoint.signals).toEqual([])
  })

  it('whose asker is away ends, whoever else is there', async () => {
    const table = await begun('Once')
    const bo = await table.join('Bo')
    await (
      await crash(table, bo.id)
    ).done
    expect(await ends(table)).toMatchObject([{ body: { status: 'interrupted', text: '' } }])
  })

  it('ends where a second call is more than the group has left', async () => {
    const table = await begun('Once')
    const { input } = await reservedIn(table)
    Object.assign(env, { QUOTA_GROUP_TOKENS_PER_DAY: String(2_048 + 2 * input - 1) })
    await (
      await crash(table, table.owner.id)
    ).done
    expect(await ends(table)).toMatchObject([{ body: { status: 'interrupted' } }])
    expect(await account(table)).toMatchObject([{ inputTokens: input }])
  })

  it('ends where a second call is more than the deployment has left', async () => {
    Object.assign(env, { QUOTA_DEPLOYMENT_TOKENS_PER_DAY: '100000' })
    const table = await begun('Once')
    const { input } = await reservedIn(table)
    Object.assign(env, { QUOTA_DEPLOYMENT_TOKENS_PER_DAY: String(2_048 + 2 * input - 1) })
    await (
      await crash(table, table.owner.id)
    ).done
    expect(await ends(table)).toMatchObject([{ body: { status: 'interrupted' } }])
    await runDurableObjectAlarm(table.group)
    expect(await spentToday()).toEqual({ replies: 0, tokens: input })
  })

  it('waits for no other one that is answered anew', async () => {
    const table = await begun('Once')
    const bo = await table.join('Bo')
    const other = await table.connect(bo.id)
    await other.say('@assistant and me?')
    const { seq } = await other.event(({ kind, seq }) => kind === 'reply.started' && seq > 3)
    const { seat } = await crash(table, table.owner.id)
    await seat?.next('snapshot')
    expect(await seat?.event(({ kind }) => kind === 'reply.ended')).toMatchObject({
      body: { reply: seq, status: 'interrupted' },
    })
    endpoint.says('Twice')
    endpoint.finishes()
    expect(await ends(table, 2)).toHaveLength(2)
  })

  it('is withdrawn where its question has been taken back', async () => {
    const table = await begun('Once')
    await abortAllDurableObjects()
    const seat = await table.connect()
    await seat.ask({ type: 'recall', id: 'r', target: 2 })
    vi.setSystemTime(Date.now() + LEASE_MS)
    await runDurableObjectAlarm(table.group)
    expect(await ends(table)).toMatchObject([{ body: { status: 'withdrawn', text: '' } }])
  })

  it('[P11] has no more time for being begun anew', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const table = await begun('Once')
    const { seat } = await crash(table, table.owner.id)
    await seat?.next('snapshot')
    const times = timers.mock.calls.map(([, ms]) => ms ?? 0).filter((ms) => ms > 100_000)
    // All in all, and of that for the model; then what is left of it, and for the model as before.
    expect(times).toEqual([135_000, 120_000, 135_000 - LEASE_MS, 120_000])
    endpoint.finishes()
    await seat?.event(({ kind }) => kind === 'reply.ended')
  })
})

async function reservedIn(table: Table): Promise<{ readonly input: number }> {
  return runInDurableObject(table.group, (_, { storage }) =>
    storage.sql
      .exec<{ input: number }>('SELECT coalesce(sum(reserved_input), 0) AS input FROM replies')
      .one(),
  )
}

async function spentToday(): Promise<unknown> {
  const purse = env.OPERATIONS.getByName(OPERATIONS_NAME)
  return runInDurableObject(purse, (_, { storage }) => new Budget(storage).spent(Date.now()))
}
