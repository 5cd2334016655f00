import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'

import { Table, unique, valueOf } from '../support/room.ts'
import { RELEASE_1 } from './releases/release-1.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** A group that the first release left behind: a question promised an answer, an errand not yet run. */
async function oldGroup(): Promise<Table> {
  const table = new Table(unique('g_'), { id: unique('m_'), name: 'Ada' })
  const now = Date.now()
  await runInDurableObject(env.GROUPS.getByName(table.id), (_, { storage: { sql } }) => {
    sql.exec(RELEASE_1)
    sql.exec(`INSERT INTO meta VALUES ('id', ?)`, table.id)
    const owner = table.owner.id
    sql.exec(`INSERT INTO members VALUES (?, 'Ada', 'owner', 'active', 0, 1)`, owner)
    const joined = JSON.stringify({ member: owner, change: 'joined', role: 'owner', name: 'Ada' })
    const event = 'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, NULL)'
    sql.exec(event, 1, now, 'member', owner, null, joined, null)
    sql.exec(event, 2, now, 'message', owner, 'q', '{"text":"@assistant help"}', now)
    sql.exec(`INSERT INTO requests VALUES (?, 'q', 2, ?, 'message', 'p')`, owner, now)
    sql.exec(`INSERT INTO replies VALUES (2, NULL, NULL, ?, '', ?)`, owner, now + 1)
    sql.exec(`INSERT INTO invites VALUES ('hash', 'guest', 3, ?)`, now + 60_000)
    sql.exec(`INSERT INTO outbox VALUES (7, 'joined', ?, 1, ?, 2)`, owner, now)
  })
  await table.sleep()
  return table
}

it('opens a group of the first release with all that was under way in it', async () => {
  const table = await oldGroup()
  const ada = await table.connect()
  expect(ada.welcome.group).toMatchObject({
    title: 'Old table',
    settings: { assistantName: 'Max', join: 'open', slowModeSeconds: 0 },
  })
  expect(valueOf(await table.group.invites(table.owner.id))).toMatchObject([
    { id: 'hash', role: 'guest', uses: 3, usesLeft: 3 },
  ])
  const bo = { id: unique('m_'), name: 'Bo' }
  expect(valueOf(await table.group.join(bo, 'hash'))).toMatchObject({ role: 'guest' })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 })
  await runDurableObjectAlarm(table.group)
  const ended = await ada.event(({ kind }) => kind === 'reply.ended')
  expect(ended).toMatchObject({ body: { status: 'complete', source: 'local' } })
  expect(await env.MEMBERS.getByName(table.owner.id).groups()).toEqual([table.id])
  const page = valueOf(await table.group.ledger(table.owner.id, Number.MAX_SAFE_INTEGER, 9))
  expect(page).toMatchObject({ today: { replies: 1 }, entries: [{ question: 2, replies: 1 }] })
})

it('leaves the version of a newer release as it is, which would migrate twice otherwise', async () => {
  const table = await oldGroup()
  await table.connect()
  const version = (value?: string) =>
    runInDurableObject(table.group, (_, { storage: { sql } }) => {
      if (value !== undefined) sql.exec(`UPDATE meta SET value = ? WHERE key = 'schema'`, value)
      return sql.exec(`SELECT value FROM meta WHERE key = 'schema'`).one()['value']
    })
  await version('99')
  await table.sleep()
  expect(valueOf(await table.group.summary(table.owner.id))).toMatchObject({ role: 'owner' })
  expect(await version()).toBe('99')
})
