import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { GroupEvent } from '../../src/protocol/events.ts'
import { foundGroup } from '../support/room.ts'
import type { Seat, Table } from '../support/room.ts'
import { ToldEndpoint } from '../support/told-endpoint.ts'

/** How long a reply goes on for nobody, in milliseconds. No other timer here is as long. */
const ALONE_MS = 20_000

type Timer = Parameters<typeof clearTimeout>[0]

let endpoint: ToldEndpoint
let solitudes: Map<Timer, () => void>

beforeEach(() => {
  endpoint = new ToldEndpoint()
  solitudes = new Map()
  Object.assign(env, { MODEL_BASE_URL: 'http://model.test/v1', MODEL_NAME: 'stand-in' })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) =>
    endpoint.fetch(input, init),
  )
  const { setTimeout: start, clearTimeout: clear } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run: () => void, ms?: number) => {
    const timer = start(run, ms)
    if (ms === ALONE_MS) solitudes.set(timer, run)
    return timer
  })
  vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
    solitudes.delete(timer)
    clear(timer)
  })
})

afterEach(() => {
  Object.assign(env, { MODEL_BASE_URL: '', MODEL_NAME: '' })
  vi.restoreAllMocks()
})

/** Rings what rings after 20 s, in the object that waits for it. */
async function after20s(table: Table): Promise<void> {
  await runInDurableObject(table.group, () => {
    for (const [timer, run] of solitudes) {
      clearTimeout(timer)
      run()
    }
  })
}

async function isAlone(): Promise<void> {
  await vi.waitFor(() => expect(solitudes.size).toBe(1))
}

async function begun(): Promise<{ table: Table; ada: Seat }> {
  const table = await foundGroup()
  const ada = await table.connect()
  await ada.say('@assistant tell')
  endpoint.says('Once')
  await ada.next('delta')
  return { table, ada }
}

const isEnd = ({ kind }: GroupEvent) => kind === 'reply.ended'

describe('a reply that everyone has left', () => {
  it('ends after 20 s as interrupted, with what was said, and is paid for', async () => {
    const { table, ada } = await begun()
    ada.close()
    await isAlone()
    await after20s(table)
    await vi.waitFor(async () => expect((await table.log()).filter(isEnd)).toHaveLength(1))
    expect((await table.log()).at(-1)).toMatchObject({
      body: { reply: 3, status: 'interrupted', text: 'Once', source: 'model' },
    })
    expect(endpoint.signals[0]?.aborted).toBe(true)
    const account = await table.group.ledger(table.owner.id, 1_000, 10)
    expect(account).toMatchObject({
      value: { entries: [{ reply: 3, status: 'interrupted', replies: 1, outputTokens: 1 }] },
    })
    expect(solitudes.size).toBe(0)
  })

  it('goes on for who comes back before, as if nothing had been', async () => {
    const { table, ada } = await begun()
    ada.close()
    await isAlone()
    const back = await table.connect()
    expect(solitudes.size).toBe(0)
    expect(back.welcome.replies).toEqual([{ reply: 3, run: 1, text: 'Once' }])
    await after20s(table)
    endpoint.says(' more')
    endpoint.finishes()
    expect(await back.event(isEnd)).toMatchObject({
      body: { status: 'complete', text: 'Once more' },
    })
  })

  it('holds no timer once it has ended by itself', async () => {
    const { table, ada } = await begun()
    ada.close()
    await isAlone()
    endpoint.finishes()
    await vi.waitFor(async () => expect((await table.log()).filter(isEnd)).toHaveLength(1))
    expect((await table.log()).at(-1)).toMatchObject({ body: { status: 'complete' } })
    expect(solitudes.size).toBe(0)
  })

  it('is left by the last one, not by the first', async () => {
    const { table, ada } = await begun()
    const bo = await table.connect((await table.join('Bo')).id)
    ada.close()
    await bo.next('presence')
    expect(solitudes.size).toBe(0)
    endpoint.finishes()
    await bo.event(isEnd)
  })
})
