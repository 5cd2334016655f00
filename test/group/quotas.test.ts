import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { GroupEvent } from '../../src/protocol/events.ts'
import { foundGroup, valueOf } from '../support/room.ts'
import type { Seat, Table } from '../support/room.ts'

const HOUR_MS = 3_600_000

/** A moment in the middle of an hour, so that no test begins in one and ends in the next. */
const NOON = Date.UTC(2027, 0, 10, 12, 30)

const VARIABLES = [
  'MODEL_BASE_URL',
  'MODEL_NAME',
  'LIMIT_REPLIES_PER_MINUTE',
  'QUOTA_MEMBER_REPLIES_PER_HOUR',
  'QUOTA_MEMBER_TOKENS_PER_HOUR',
  'QUOTA_GROUP_REPLIES_PER_DAY',
  'QUOTA_GROUP_TOKENS_PER_DAY',
  'QUOTA_DEPLOYMENT_REPLIES_PER_DAY',
]

// The real ones; some tests put others in their place that misbehave.
const operations = env.OPERATIONS
const members = env.MEMBERS

let usage: { prompt_tokens: number; completion_tokens: number } | undefined

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON })
  usage = { prompt_tokens: 100, completion_tokens: 20 }
  Object.assign(env, {
    MODEL_BASE_URL: 'http://model.test/v1',
    MODEL_NAME: 'stand-in',
    LIMIT_REPLIES_PER_MINUTE: '1000',
  })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer('Yes.'))
})

afterEach(() => {
  Object.assign(env, { OPERATIONS: operations, MEMBERS: members })
  Object.assign(env, Object.fromEntries(VARIABLES.map((name) => [name, ''])))
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function answer(content: string): Response {
  const end = { choices: [{ delta: {}, finish_reason: 'stop' }], ...(usage && { usage }) }
  const events = [{ choices: [{ delta: { content } }] }, end]
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  return new Response(`${body}data: [DONE]\n\n`, {
    headers: { 'content-type': 'text/event-stream' },
  })
}

/** Asks, and waits until the question has been answered or is not to be; what became of it. */
async function ask(table: Table, seat: Seat): Promise<GroupEvent | undefined> {
  const ack = await seat.say('@assistant well?')
  const question = ack.type === 'ack' ? (ack.seq ?? 0) : 0
  await vi.waitFor(async () => expect(await promised(table, question)).toBe(false))
  const log = await table.log()
  const start = log.find((one) => one.kind === 'reply.started' && one.body.trigger === question)
  return start && log.find((one) => one.kind === 'reply.ended' && one.body.reply === start.seq)
}

async function promised(table: Table, question: number): Promise<boolean> {
  return runInDurableObject(table.group, (_, { storage }) => {
    const found = 'SELECT 1 FROM replies WHERE trigger_seq = ?'
    return storage.sql.exec(found, question).toArray().length > 0
  })
}

function noticesOf(seat: Seat): readonly string[] {
  return seat.frames.flatMap((frame) => (frame.type === 'notice' ? [frame.text] : []))
}

async function ledgerOf(table: Table) {
  const most = Number.MAX_SAFE_INTEGER
  return valueOf(await table.group.ledger(table.owner.id, most, 100))
}

describe('a quota for replies', () => {
  it('is each member’s own for an hour; only they are told, once', async () => {
    Object.assign(env, { QUOTA_MEMBER_REPLIES_PER_HOUR: '2' })
    const table = await foundGroup()
    const bo = await table.connect((await table.join('Bo')).id)
    const ada = await table.connect()
    expect([await ask(table, ada), await ask(table, ada), await ask(table, ada)]).toMatchObject([
      { body: { status: 'complete' } },
      { body: { status: 'complete' } },
      undefined,
    ])
    await ask(table, ada)
    expect(noticesOf(ada)).toEqual([
      'Your replies of this hour are used up; the assistant answers you again in 30 min.',
    ])
    expect(await ask(table, bo)).toMatchObject({ body: { status: 'complete' } })
    expect(noticesOf(bo)).toEqual([])
    vi.setSystemTime(NOON + HOUR_MS / 2)
    expect(await ask(table, ada)).toMatchObject({ body: { status: 'complete' } })
  })

  it('tells once in a window also where the group slept in between', async () => {
    Object.assign(env, { QUOTA_MEMBER_REPLIES_PER_HOUR: '1' })
    const table = await foundGroup()
    const ada = await table.connect()
    await ask(table, ada)
    await ask(table, ada)
    await table.sleep()
    expect(await ask(table, ada)).toBeUndefined()
    expect(noticesOf(ada)).toHaveLength(1)
  })

  it('counts tokens as well, those of the prompt included', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    const first = await ask(table, ada)
    expect(first).toMatchObject({ body: { usage: { inputTokens: 100, outputTokens: 20 } } })
    // One more would fit if only what was used counted; what it may use at most does not.
    Object.assign(env, { QUOTA_MEMBER_TOKENS_PER_HOUR: '2000' })
    await table.sleep()
    expect(await ask(table, ada)).toBeUndefined()
  })

  it('is the group’s for a day, and the deployment’s over all groups', async () => {
    Object.assign(env, { QUOTA_GROUP_REPLIES_PER_DAY: '1' })
    const table = await foundGroup()
    const [ada, bo] = [await table.connect(), await table.connect((await table.join('Bo')).id)]
    await ask(table, ada)
    expect(await ask(table, bo)).toBeUndefined()
    expect(noticesOf(bo)[0]).toMatch(/group’s replies of today are used up; .* in 12 h\./)
    Object.assign(env, { QUOTA_GROUP_REPLIES_PER_DAY: '', QUOTA_DEPLOYMENT_REPLIES_PER_DAY: '1' })
    const [one, other] = [await foundGroup(), await foundGroup()]
    const [there, elsewhere] = [await one.connect(), await other.connect()]
    expect(await ask(one, there)).toMatchObject({ body: { status: 'complete' } })
    expect(await ask(other, elsewhere)).toBeUndefined()
    expect(noticesOf(elsewhere)[0]).toMatch(/server’s replies of today/)
  })

  it('waits for a purse that takes its time, and does not ring for it without end', async () => {
    Object.assign(env, { QUOTA_DEPLOYMENT_REPLIES_PER_DAY: '1' })
    const OPERATIONS = { getByName: () => ({ holdReply: () => new Promise(() => {}), take() {} }) }
    Object.assign(env, { OPERATIONS })
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant well?')
    vi.setSystemTime(Date.now() + 31_000)
    await runDurableObjectAlarm(table.group)
    const alarm = await runInDurableObject(table.group, (_, { storage }) => storage.getAlarm())
    expect(alarm).toBeGreaterThan(Date.now() + 20_000)
  })

  it('rings for an `again` that waits for the purse, should the group die meanwhile', async () => {
    Object.assign(env, { QUOTA_DEPLOYMENT_REPLIES_PER_DAY: '1000' })
    const table = await foundGroup()
    const ada = await table.connect()
    const ended = await ask(table, ada)
    vi.setSystemTime(Date.now() + 31_000)
    await runDurableObjectAlarm(table.group)
    const OPERATIONS = { getByName: () => ({ holdReply: () => new Promise(() => {}), take() {} }) }
    Object.assign(env, { OPERATIONS })
    const reply = ended?.kind === 'reply.ended' ? ended.body.reply : 0
    const again = { type: 'again', id: 'a', reply } as const
    expect(await ada.ask(again)).toMatchObject({ type: 'ack' })
    const alarm = await runInDurableObject(table.group, (_, { storage }) => storage.getAlarm())
    expect(alarm).toBeLessThanOrEqual(Date.now() + 30_000)
  })

  it('begins nothing in a group that was erased while the purse was asked', async () => {
    Object.assign(env, { QUOTA_DEPLOYMENT_REPLIES_PER_DAY: '1000' })
    const asked = Promise.withResolvers<undefined>()
    const settled: unknown[] = []
    const purse = {
      holdReply: () => asked.promise,
      settleReply: async (...account: unknown[]) => void settled.push(account),
      take: async () => {},
    }
    Object.assign(env, { OPERATIONS: { getByName: () => purse } })
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant well?')
    // Somebody cannot be told yet, so that the tables are still there.
    const away = async () => Promise.reject(new Error('out of reach'))
    Object.assign(env, { MEMBERS: { getByName: () => ({ left: away }) } })
    valueOf(await table.group.erase(table.owner.id))
    asked.resolve(undefined)
    await vi.waitFor(async () => expect(await promised(table, 2)).toBe(false))
    expect(fetch).not.toHaveBeenCalled()
    Object.assign(env, { MEMBERS: members })
    vi.setSystemTime(Date.now() + 600_000)
    await runDurableObjectAlarm(table.group)
    expect(settled).toEqual([[expect.stringContaining(table.id), 0, 0]])
  })

  it('says so where the purse is out of reach, and answers nothing', async () => {
    Object.assign(env, { QUOTA_DEPLOYMENT_REPLIES_PER_DAY: '1' })
    const holdReply = async () => {
      throw new Error('out of reach')
    }
    Object.assign(env, { OPERATIONS: { getByName: () => ({ holdReply, take() {} }) } })
    const table = await foundGroup()
    const ada = await table.connect()
    expect(await ask(table, ada)).toBeUndefined()
    expect(noticesOf(ada)[0]).toMatch(/could not be asked just now/)
  })

  it('declines an `again` with the wait', async () => {
    Object.assign(env, { QUOTA_MEMBER_REPLIES_PER_HOUR: '1' })
    const table = await foundGroup()
    const ada = await table.connect()
    const ended = await ask(table, ada)
    const reply = ended?.kind === 'reply.ended' ? ended.body.reply : 0
    expect(await ada.ask({ type: 'again', id: 'a', reply })).toMatchObject({
      code: 'quota',
      retryAfterMs: expect.closeTo(HOUR_MS / 2, -4),
    })
  })

  it('speaks the language of who asked', async () => {
    Object.assign(env, { QUOTA_MEMBER_REPLIES_PER_HOUR: '1' })
    const table = await foundGroup()
    const ada = await table.connect()
    await ask(table, ada)
    table.language = 'zh'
    const again = await table.connect()
    await again.say('@助手 在吗？', { id: 'zh' })
    expect((await again.next('notice')).text).toBe(
      '你这个小时的回答次数已用完，助手将在 30 分钟后再回答你。',
    )
  })

  it('refuses to found a group where a variable is no number', async () => {
    Object.assign(env, { QUOTA_GROUP_TOKENS_PER_DAY: 'plenty' })
    await expect(foundGroup()).rejects.toThrow('QUOTA_GROUP_TOKENS_PER_DAY')
  })
})

describe('the ledger', () => {
  it('says who used what, for moderators', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    await ask(table, ada)
    usage = { prompt_tokens: 300, completion_tokens: 5 }
    const ended = await ask(table, other)
    const page = await ledgerOf(table)
    expect(page).toMatchObject({
      today: { replies: 2, tokens: 425, resetsAt: Date.UTC(2027, 0, 11) },
      members: [
        { id: bo.id, name: 'Bo', replies: 1, tokens: 305 },
        { id: table.owner.id, name: 'Ada', replies: 1, tokens: 120 },
      ],
      more: false,
    })
    expect(page.entries[0]).toEqual({
      reply: ended?.kind === 'reply.ended' ? ended.body.reply : 0,
      question: expect.any(Number),
      to: bo.id,
      at: expect.closeTo(NOON, -4),
      status: 'complete',
      source: 'model',
      model: 'stand-in',
      replies: 1,
      inputTokens: 300,
      outputTokens: 5,
      estimated: false,
    })
  })

  it('estimates what the endpoint does not report, and says so', async () => {
    usage = undefined
    const table = await foundGroup()
    const ada = await table.connect()
    await ask(table, ada)
    const [entry] = (await ledgerOf(table)).entries
    expect(entry).toMatchObject({ replies: 1, outputTokens: 1, estimated: true })
    expect(entry?.inputTokens).toBeGreaterThan(100)
  })

  it('charges nothing for what the built-in responder says', async () => {
    vi.mocked(fetch).mockImplementation(async () => new Response('', { status: 500 }))
    const table = await foundGroup()
    const ada = await table.connect()
    await ask(table, ada)
    expect((await ledgerOf(table)).entries).toMatchObject([
      { source: 'local', replies: 1, inputTokens: 0, outputTokens: 0, estimated: false },
    ])
  })

  it('gives a reply back that was withdrawn, but not the tokens it took', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    const gate = Promise.withResolvers<Response>()
    vi.mocked(fetch).mockImplementation(async (_, init) => {
      init?.signal?.addEventListener('abort', () => gate.reject(init.signal?.reason))
      return gate.promise
    })
    const question = await ada.say('@assistant well?')
    await ada.event(({ kind }) => kind === 'reply.started')
    const { seq } = question.type === 'ack' ? question : { seq: null }
    await ada.ask({ type: 'recall', id: 'r', target: seq ?? 0 })
    await ada.event(({ kind }) => kind === 'reply.ended')
    const { today, entries } = await ledgerOf(table)
    expect(entries).toMatchObject([{ status: 'withdrawn', replies: 0, estimated: true }])
    expect(today).toMatchObject({ replies: 0, tokens: entries[0]?.inputTokens })
  })

  it('is turned page by page, and closed to members', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const ada = await table.connect()
    for (let count = 0; count < 3; count += 1) await ask(table, ada)
    const first = valueOf(await table.group.ledger(table.owner.id, Number.MAX_SAFE_INTEGER, 2))
    expect([first.entries.length, first.more]).toEqual([2, true])
    const last = first.entries.at(-1)?.reply ?? 0
    const rest = valueOf(await table.group.ledger(table.owner.id, last, 2))
    expect([rest.entries.length, rest.more]).toEqual([1, false])
    const refused = await table.group.ledger(bo.id, 1, 1)
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'forbidden' } })
  })

  it('tells everyone of their own share by /quota', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ask(table, ada)
    await ada.say('/quota')
    const { text } = await ada.next('notice')
    expect(text).toBe(
      'You, this hour: 1 of 15000 replies, 120 of 60000000 tokens.\n' +
        'This group, today (UTC): 1 of 250000 replies, 120 of 1000000000 tokens.',
    )
  })

  it('forgets accounts after four hundred days', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ask(table, ada)
    table.sessionEndsAt = Number.MAX_SAFE_INTEGER
    const later = await table.connect()
    vi.setSystemTime(NOON + 401 * 24 * HOUR_MS)
    await ask(table, later)
    const rows = await runInDurableObject(table.group, (_, { storage }) =>
      storage.sql.exec('SELECT * FROM ledger').toArray(),
    )
    expect(rows).toHaveLength(1)
  })
})
