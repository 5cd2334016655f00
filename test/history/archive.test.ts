import {
  createMessageBatch,
  getQueueResult,
  createExecutionContext,
  runDurableObjectAlarm,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { groupPrefix } from '../../src/history/segment.ts'
import { consume } from '../../src/jobs/consumer.ts'
import type { Job } from '../../src/jobs/job.ts'
import { foundGroup, valueOf } from '../support/room.ts'
import type { Table } from '../support/room.ts'

const { JOBS } = env

// The queue itself has its journey in test/journeys/archive.test.ts; here each test delivers its jobs
// by hand, in the order it wants, and nothing is retried behind its back.
beforeEach(() => {
  Object.assign(env, {
    JOBS: { send: async () => {} },
    ARCHIVE_SEGMENT_EVENTS: '20',
    ARCHIVE_KEEP_EVENTS: '50',
    LIMIT_MEMBER_BURST: '1000',
    LIMIT_GROUP_PER_SECOND: '1000',
  })
})

afterEach(() => {
  Object.assign(env, {
    JOBS,
    ARCHIVE_SEGMENT_EVENTS: '',
    ARCHIVE_KEEP_EVENTS: '',
    LIMIT_MEMBER_BURST: '',
    LIMIT_GROUP_PER_SECOND: '',
  })
  vi.restoreAllMocks()
})

/** Lets the alarm cut what is due and hands its pointers to the consumer, without the queue's wait. */
async function archive(
  table: Table,
  order: (jobs: readonly Job[]) => readonly Job[] = (jobs) => jobs,
): Promise<readonly Job[]> {
  const jobs: Job[] = []
  await runDurableObjectAlarm(table.group)
  for (let first = 1; first <= 2_000; first += 20) {
    jobs.push({ v: 1, kind: 'archive', group: table.id, first, last: first + 19, version: 1 })
    if (first + 39 > (await table.log()).length) break
  }
  for (const job of order(jobs)) await deliver(job)
  return jobs
}

async function deliver(...bodies: readonly unknown[]) {
  const batch = createMessageBatch(
    'parley-jobs',
    bodies.map((body, at) => ({ id: `j${at}`, timestamp: new Date(), attempts: 1, body })),
  )
  await consume(batch, env)
  return getQueueResult(batch, createExecutionContext())
}

async function filled(messages: number): Promise<Table> {
  const table = await foundGroup()
  const ada = await table.connect()
  for (let at = 0; at < messages; at += 1) await ada.say(`line ${at} 第${at}行`)
  return table
}

async function keysOf(table: Table): Promise<readonly string[]> {
  const { objects } = await env.ARCHIVE.list({ prefix: groupPrefix(table.id) })
  return objects.map(({ key }) => key)
}

describe('the archive', () => {
  it('[P9] gives the same pages before and after the rows moved to the bucket', async () => {
    const table = await filled(130)
    const before = await table.log()
    await archive(table)
    expect((await keysOf(table)).length).toBeGreaterThanOrEqual(6)
    expect(await table.log()).toEqual(before)
    const page = valueOf(await table.group.page(table.owner.id, { before: 90, limit: 100 }))
    expect(page.events).toEqual(before.slice(0, 89))
    expect(page.more).toBe(false)
    const middle = valueOf(await table.group.page(table.owner.id, { after: 70, limit: 30 }))
    expect(middle.events).toEqual(before.slice(70, 100))
  })

  it('[P9] gives no event twice where a segment reaches into recent storage', async () => {
    const table = await filled(130)
    const before = await table.log()
    await archive(table, (jobs) => jobs.toReversed())
    for (const seq of [70, 82, 95, 110, 132]) {
      const page = valueOf(await table.group.page(table.owner.id, { before: seq, limit: 40 }))
      expect(page.events).toEqual(before.slice(seq - 41, seq - 1))
    }
    expect(await table.log()).toEqual(before)
  })

  it('fails a page rather than leave a hole when a segment is missing', async () => {
    const table = await filled(130)
    await archive(table)
    for (const key of await keysOf(table)) await env.ARCHIVE.delete(key)
    await expect(table.log()).rejects.toThrow('not in the bucket')
    const ada = await table.connect()
    ada.send({ type: 'fetch', id: 'f', after: 0, limit: 10 })
    expect(await ada.next('refused')).toMatchObject({ id: 'f', code: 'internal' })
  })

  it('[P4] resumes from a seq that only the archive holds, with the rest left to fetch', async () => {
    const table = await filled(130)
    await archive(table)
    const { epoch } = (await table.connect()).welcome
    const seat = await table.connect(table.owner.id, { since: 5, epoch })
    expect(seat.welcome).toMatchObject({ mode: 'resumed', events: [], more: true })
    seat.send({ type: 'fetch', id: 'f', after: 5, limit: 100 })
    const page = await seat.next('page')
    expect(page.events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 100 }, (_, at) => at + 6),
    )
  })

  it('[P7] knows a request whose message only the archive still holds', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('the first', { id: 'first' })
    for (let at = 0; at < 130; at += 1) await ada.say(`line ${at}`)
    await archive(table)
    expect(await ada.say('the first', { id: 'first' })).toMatchObject({ seq: 2, duplicate: true })
    expect(await ada.say('other', { id: 'first' })).toMatchObject({ code: 'id_conflict' })
  })

  it('[P8] loses a recalled text from pages at once and from the bucket soon after', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('a canary')
    for (let at = 0; at < 130; at += 1) await ada.say(`line ${at}`)
    await archive(table)
    expect(await ada.ask({ type: 'recall', id: 'r', target: 2 })).toMatchObject({ type: 'ack' })
    expect(JSON.stringify(await table.log())).not.toContain('canary')
    await deliver({ v: 1, kind: 'archive', group: table.id, first: 1, last: 20, version: 2 })
    const texts = await Promise.all(
      (await keysOf(table)).map(async (key) => (await env.ARCHIVE.get(key))?.text()),
    )
    expect(texts.join('')).not.toContain('canary')
    expect(await table.log()).toHaveLength(133)
  })

  it('[P8] takes an archived message back with its edits when a moderator does', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    await other.say('a canary')
    for (let at = 0; at < 130; at += 1) await ada.say(`line ${at}`)
    await archive(table)
    await other.ask({ type: 'edit', id: 'e', target: 3, text: 'an edited canary' })
    await ada.ask({ type: 'recall', id: 'r', target: 3 })
    expect(JSON.stringify(await table.log())).not.toContain('canary')
  })

  it('ends in the same state when a job comes twice, late or for a version nobody wants', async () => {
    const table = await filled(60)
    const jobs = await archive(table)
    const [keys, log] = [await keysOf(table), await table.log()]
    const result = await deliver(...jobs, ...jobs.toReversed(), { ...jobs[0], version: 7 })
    expect(result.explicitAcks).toHaveLength(jobs.length * 2 + 1)
    expect(await keysOf(table)).toEqual(keys)
    expect(await table.log()).toEqual(log)
  })

  it('lets a job that nobody understands wait without holding its neighbors up', async () => {
    const table = await filled(30)
    await runDurableObjectAlarm(table.group)
    const good = { v: 1, kind: 'archive', group: table.id, first: 1, last: 20, version: 1 }
    const result = await deliver({ v: 9, kind: 'conquer' }, good)
    expect(result.retryMessages.map(({ msgId }) => msgId)).toEqual(['j0'])
    expect(result.explicitAcks).toEqual(['j1'])
    expect(await keysOf(table)).toHaveLength(1)
  })

  it('keeps a dead letter where people find it, without a word of what was said', async () => {
    const id = crypto.randomUUID()
    const batch = createMessageBatch('parley-dead', [
      { id, timestamp: new Date(0), attempts: 6, body: { v: 9, text: 'canary' } },
    ])
    await consume(batch, env)
    const kept = await env.ARCHIVE.get(`v1/dead/1970-01-01/${id}.json`)
    expect(await kept?.json()).toEqual({ at: 0, attempts: 6, job: null })
  })

  it('leaves nothing behind when a group is erased', async () => {
    const table = await filled(60)
    await archive(table)
    const receipt = valueOf(await table.group.erase(table.owner.id))
    expect(receipt).toMatchObject({ group: table.id, events: 61, segments: 3, members: 1 })
    expect(await keysOf(table)).toEqual([])
    expect(await table.group.summary(table.owner.id)).toMatchObject({ ok: false })
  })
})
