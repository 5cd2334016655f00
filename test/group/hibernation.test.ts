import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'

import type { GroupEvent } from '../../src/protocol/events.ts'
import { foundGroup } from '../support/room.ts'
import type { Seat, Table } from '../support/room.ts'

/** What a client sees of a conversation, without what differs from run to run. */
async function talk(pause: (table: Table) => Promise<void>): Promise<unknown> {
  const table = await foundGroup()
  const bo = await table.join('Bo')
  const [ada, other] = [await table.connect(), await table.connect(bo.id)]
  const steps: readonly (() => Promise<unknown>)[] = [
    async () => ada.say('hello'),
    async () => other.say('hi @assistant, help'),
    async () => other.event(({ kind }) => kind === 'reply.ended'),
    async () => ada.ask({ type: 'react', id: 'x', target: 4, emoji: '🎉', on: true }),
    async () => ada.ask({ type: 'edit', id: 'e', target: 3, text: 'hello all' }),
    async () => ada.say('hello', { id: 'r1' }),
    async () => ada.ask({ type: 'recall', id: 'c', target: 3 }),
    async () => other.say('/why 4'),
    async () => other.next('notice'),
    async () => ada.send('nonsense'),
    async () => ada.next('refused'),
    async () => other.send({ type: 'fetch', id: 'f', after: 2, limit: 3 }),
    async () => other.next('page'),
    async () => other.say('bye'),
    async () => ada.event(isBye),
    async () => other.event(isBye),
  ]
  for (const step of steps) {
    await step()
    await pause(table)
  }
  const names = new Map([
    [table.id, 'group'],
    [table.owner.id, 'ada'],
    [bo.id, 'bo'],
    [ada.welcome.epoch, 'epoch'],
    [ada.welcome.you.connection, 'ada’s'],
    [other.welcome.you.connection, 'bo’s'],
  ])
  return [seen(ada, names), seen(other, names)]
}

const isBye = (event: GroupEvent) => event.kind === 'message' && event.body.text === 'bye'

function seen(seat: Seat, names: ReadonlyMap<string, string>): unknown {
  // How a reply is cut into deltas, when presence is told and whether an event comes before the next
  // answer is up to timing; what is said, and in which order, is not.
  const answers = seat.frames.filter(({ type }) => !/^(?:delta|presence|event)$/.test(type))
  let text = JSON.stringify({ events: seat.events, answers })
  for (const [id, name] of names) text = text.replaceAll(id, name)
  return JSON.parse(text.replaceAll(/"(at|expiresAt)":\d+/g, '"$1":0'))
}

describe('[P18] nothing in memory is needed after a sleep', () => {
  it('shows clients the same conversation with a sleep between any two frames', async () => {
    const awake = await talk(async () => {})
    const asleep = await talk(async (table) => table.sleep())
    expect(asleep).toEqual(awake)
  }, 60_000)

  it('keeps a member’s pace: a sleep refills nothing extra', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    for (let at = 0; at < 20; at += 1) await ada.say(`${at}`)
    await table.sleep()
    const answers = [await ada.say('a'), await ada.say('b'), await ada.say('c')]
    // One token a second may have come back meanwhile, but not twenty.
    expect(answers.at(-1)).toMatchObject({ code: 'too_fast' })
  })

  it('keeps a connection’s bad frames and a member’s place in the reading', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('one')
    ada.send({ type: 'read', seq: 2 })
    for (let at = 0; at < 9; at += 1) {
      ada.send('nonsense')
      await ada.next('refused')
    }
    await table.sleep()
    expect((await table.connect()).welcome.read).toEqual({ [table.owner.id]: 2 })
    ada.send('nonsense')
    expect(await ada.end()).toBe(4501)
  })

  it('keeps a used ticket used', async () => {
    const table = await foundGroup()
    const first = await table.knock(table.owner.id, {}, 'once')
    expect(first.status).toBe(101)
    first.webSocket?.accept()
    await table.sleep()
    expect((await table.knock(table.owner.id, {}, 'once')).status).toBe(401)
  })
})

describe('what an object pays for', () => {
  it('writes two rows per plain message, and sets no alarm for it', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('warm')
    const meter = await metered(table)
    for (let at = 0; at < 15; at += 1) await ada.say(`message ${at}`)
    expect(await meter()).toEqual({ rows: 30, alarms: 0 })
  })
})

/** Counts the rows written and the alarms set in a group's object from now on. */
async function metered(table: Table): Promise<() => Promise<{ rows: number; alarms: number }>> {
  const spent = { rows: 0, alarms: 0 }
  await runInDurableObject(table.group, (_, { storage }) => {
    const { sql } = storage
    const exec = sql.exec.bind(sql)
    sql.exec = <Row extends Record<string, SqlStorageValue>>(
      query: string,
      ...values: unknown[]
    ) => {
      const cursor = exec<Row>(query, ...values)
      spent.rows += cursor.rowsWritten
      return cursor
    }
    const setAlarm = storage.setAlarm.bind(storage)
    storage.setAlarm = async (at, options) => {
      spent.alarms += 1
      await setAlarm(at, options)
    }
  })
  return async () => spent
}
