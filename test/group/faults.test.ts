import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'

import { foundGroup } from '../support/room.ts'
import type { Table } from '../support/room.ts'

/** Lets the next statement that matches fail, as it would on a full disk. */
async function failOnce(table: Table, pattern: RegExp): Promise<void> {
  await runInDurableObject(table.group, (_, { storage }) => {
    const { sql } = storage
    const exec = sql.exec.bind(sql)
    sql.exec = <Row extends Record<string, SqlStorageValue>>(
      query: string,
      ...values: unknown[]
    ) => {
      if (!pattern.test(query)) return exec<Row>(query, ...values)
      sql.exec = exec
      throw new Error('database or disk is full: SQLITE_FULL')
    }
  })
}

describe('storage that fails', () => {
  it.each([
    ['the request', 'hello', /INSERT INTO requests/],
    ['the event', 'hello', /INSERT INTO events/],
    ['the promise of a reply', '@assistant help', /INSERT INTO replies/],
  ])('[P6] at %s burns no seq, leaves nothing and takes the same id later', async (_, text, at) => {
    const table = await foundGroup()
    const ada = await table.connect()
    await failOnce(table, at)
    expect(await ada.say(text, { id: 'x' })).toMatchObject({ code: 'storage_full', id: 'x' })
    expect(await table.log()).toHaveLength(1)
    expect(await ada.say(text, { id: 'x' })).toMatchObject({ seq: 2, duplicate: false })
    const log = await table.log()
    expect(log[1]).toMatchObject({ seq: 2, kind: 'message', body: { text } })
  })

  it('[P21] is told under the id of its request, however that was spaced', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await failOnce(table, /INSERT INTO events/)
    ada.send('{"type": "say", "id" : "x", "text": "hello"}')
    expect(await ada.next('refused')).toMatchObject({ code: 'storage_full', id: 'x' })
  })

  it('[P11] in an answer refuses no message that was acknowledged, and is made good by the alarm', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await failOnce(table, /UPDATE replies SET reply/)
    expect(await ada.say('@assistant help', { id: 'x' })).toMatchObject({ type: 'ack', seq: 2 })
    expect(await ada.say('after')).toMatchObject({ type: 'ack', seq: 3 })
    expect(ada.frames.filter(({ type }) => type === 'refused')).toEqual([])
    vi.useFakeTimers({ now: Date.now() + 31_000, toFake: ['Date'] })
    await runDurableObjectAlarm(table.group)
    vi.useRealTimers()
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    expect(ended).toMatchObject({ body: { status: 'complete', source: 'local' } })
  })

  it('[P21] in another answer refuses no `again` that was acknowledged', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant help')
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    await failOnce(table, /UPDATE replies SET reply =/)
    const again = { type: 'again', id: 'a', reply: ended.seq - 1 } as const
    expect(await ada.ask(again)).toMatchObject({ type: 'ack' })
    expect(await ada.say('after')).toMatchObject({ type: 'ack' })
    expect(ada.frames.filter(({ type }) => type === 'refused')).toEqual([])
  })

  it('[P8] takes a text back wholly or not at all', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('canary')
    await failOnce(table, /UPDATE events SET body/)
    const recall = { type: 'recall', target: 2 } as const
    expect(await ada.ask({ ...recall, id: 'r' })).toMatchObject({ type: 'refused' })
    expect(JSON.stringify(await table.log())).toContain('canary')
    expect(await ada.ask({ ...recall, id: 'r' })).toMatchObject({ seq: 3 })
    expect(JSON.stringify(await table.log())).not.toContain('canary')
  })

  it('lets nobody half in', async () => {
    const table = await foundGroup()
    await failOnce(table, /INSERT INTO errands/)
    await expect(table.join('Bo')).rejects.toThrow('SQLITE_FULL')
    expect(await table.log()).toHaveLength(1)
    const bo = await table.join('Bo')
    expect((await table.connect(bo.id)).welcome.you.name).toBe('Bo')
  })
})

it('looks through all requests ever made for nothing that recent storage knows', async () => {
  const table = await foundGroup()
  const ada = await table.connect()
  await ada.say('hello')
  await failOnce(table, /FROM requests WHERE seq/)
  const react = { type: 'react', emoji: '👍', on: true } as const
  expect(await ada.ask({ ...react, id: 'a', target: 2 })).toMatchObject({ type: 'ack' })
  expect(await ada.ask({ ...react, id: 'b', target: 1 })).toMatchObject({ code: 'not_found' })
  expect(await ada.ask({ ...react, id: 'c', target: 99 })).toMatchObject({ code: 'not_found' })
})
