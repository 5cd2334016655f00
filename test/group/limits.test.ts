import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { CLOSE } from '../../src/protocol/codes.ts'
import { foundGroup, valueOf } from '../support/room.ts'
import type { Seat, Table } from '../support/room.ts'

const START = 1_800_000_000_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})

afterEach(() => {
  vi.useRealTimers()
})

/** Says `text` until that is too fast; how often it was not. */
async function sayAll(seat: Seat, text: string, name: string): Promise<number> {
  for (let count = 0; ; count += 1) {
    const answer = await seat.say(text, { id: `${name}-${count}` })
    if (answer.type === 'ack') continue
    const isPaced = answer.code === 'too_fast' && Number(answer.retryAfterMs) > 0
    if (!isPaced) throw new Error(`refused for another reason: ${answer.code}`)
    return count
  }
}

async function pause(table: Table, ms: number): Promise<void> {
  await table.sleep()
  vi.setSystemTime(Date.now() + ms)
}

describe('twelve seconds of sleep refill no bucket beyond its rate', () => {
  it.each(['hello', '/help'])('for a member who says %j', async (text) => {
    const table = await foundGroup()
    const ada = await table.connect()
    expect(await sayAll(ada, text, 'a')).toBe(20)
    await pause(table, 12_000)
    expect(await sayAll(ada, text, 'b')).toBe(12)
    await pause(table, 60_000)
    expect(await sayAll(ada, text, 'c')).toBe(20)
  })

  it('also where they come back with another connection', async () => {
    const table = await foundGroup()
    await sayAll(await table.connect(), 'hello', 'a')
    await pause(table, 12_000)
    expect(await sayAll(await table.connect(), 'hello', 'b')).toBe(12)
  })

  it('in slow mode, which names the wait', async () => {
    const table = await foundGroup()
    const settings = { slowModeSeconds: 30 }
    valueOf(await table.group.change(table.owner.id, { settings }))
    const bo = await table.join('Bo')
    const seat = await table.connect(bo.id)
    expect(await seat.say('one')).toMatchObject({ type: 'ack' })
    await pause(table, 12_000)
    expect(await seat.say('two')).toMatchObject({ code: 'too_fast', retryAfterMs: 18_000 })
    const other = await table.connect(bo.id)
    expect(await other.say('three', { id: 'o' })).toMatchObject({ retryAfterMs: 18_000 })
    await pause(table, 18_000)
    expect(await seat.say('two', { id: 'again' })).toMatchObject({ type: 'ack' })
  })

  it('for the replies of a minute', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    for (let count = 0; count < 5; count += 1) await ada.say(`@assistant hi ${count}`)
    await ada.next('notice')
    await pause(table, 12_000)
    await ada.say('@assistant hi again')
    await ada.say('done')
    const log = await table.log()
    expect(log.filter(({ kind }) => kind === 'reply.started')).toHaveLength(4)
  })
})

describe('slow mode', () => {
  it('slows neither moderators nor what is no message', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    valueOf(await table.group.change(table.owner.id, { settings: { slowModeSeconds: 30 } }))
    const [ada, seat] = [await table.connect(), await table.connect(bo.id)]
    expect(await ada.say('one')).toMatchObject({ type: 'ack' })
    expect(await ada.say('two')).toMatchObject({ type: 'ack' })
    const said = await seat.say('one')
    const target = said.type === 'ack' ? (said.seq ?? 0) : 0
    expect(await seat.ask({ type: 'edit', id: 'e', target, text: 'first' })).toMatchObject({
      type: 'ack',
    })
    expect(await seat.say('/help', { id: 'h' })).toMatchObject({ type: 'ack', seq: null })
    // A repeated request is no second message.
    expect(await seat.say('one', { id: 'r1' })).toMatchObject({ duplicate: true })
  })
})

it('[P14] lets a member stop a reply, however fast they were', async () => {
  const table = await foundGroup()
  const ada = await table.connect()
  await sayAll(ada, 'hello', 'a')
  expect(await ada.ask({ type: 'stop', id: 's', reply: 2 })).toMatchObject({ code: 'not_found' })
})

describe('a mute', () => {
  it('ends for who is made the owner, whom nobody could let speak again', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const mutedUntil = Number.MAX_SAFE_INTEGER
    valueOf(await table.group.changeMember(table.owner.id, bo.id, { mutedUntil }))
    expect(valueOf(await table.group.transfer(table.owner.id, bo.id))).toMatchObject({
      role: 'owner',
      mutedUntil: 0,
    })
    const seat = await table.connect(bo.id)
    expect(await seat.say('mine')).toMatchObject({ type: 'ack' })
  })

  it('lets nobody speak by a new name', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const mutedUntil = START + 60_000
    valueOf(await table.group.changeMember(table.owner.id, bo.id, { mutedUntil }))
    const loud = { id: bo.id, name: 'I still talk' }
    valueOf(await table.group.admit(loud))
    expect(JSON.stringify(await table.log())).not.toContain(loud.name)
    vi.setSystemTime(mutedUntil)
    valueOf(await table.group.admit(loud))
    expect((await table.log()).at(-1)).toMatchObject({
      body: { change: 'renamed', formerly: 'Bo' },
    })
  })

  it('names its end, lets one take back what is one’s own, and ends by itself', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const seat = await table.connect(bo.id)
    const said = await seat.say('rude')
    const target = said.type === 'ack' ? (said.seq ?? 0) : 0
    const mutedUntil = START + 60_000
    valueOf(await table.group.changeMember(table.owner.id, bo.id, { mutedUntil }))
    expect(await seat.event(({ kind, seq }) => kind === 'member' && seq > target)).toMatchObject({
      from: table.owner.id,
      body: { member: bo.id, change: 'muted', until: mutedUntil },
    })
    expect(await seat.say('more')).toMatchObject({ code: 'muted', retryAfterMs: 60_000 })
    expect((await table.connect(bo.id)).welcome.you).toMatchObject({ mutedUntil })
    const react = { type: 'react', id: 'x', target, emoji: '👍', on: true } as const
    expect(await seat.ask(react)).toMatchObject({ code: 'muted' })
    expect(await seat.ask({ type: 'recall', id: 'r', target })).toMatchObject({ type: 'ack' })
    vi.setSystemTime(mutedUntil)
    expect(await seat.say('sorry')).toMatchObject({ type: 'ack' })
  })
})

describe('a session', () => {
  it('ends its connections, after saying that one may come back', async () => {
    const table = await foundGroup()
    table.sessionEndsAt = START + 10_000
    const ada = await table.connect()
    expect(ada.welcome.you).toMatchObject({ expiresAt: START + 10_000 })
    await pause(table, 10_000)
    await runDurableObjectAlarm(table.group)
    expect(await ada.next('bye')).toMatchObject({ code: CLOSE.expired, retry: true })
    expect(await ada.end()).toBe(CLOSE.expired)
  })

  it('is over to the moment, also where the alarm is late', async () => {
    const table = await foundGroup()
    table.sessionEndsAt = START + 10_000
    const ada = await table.connect()
    vi.setSystemTime(START + 10_000)
    ada.send({ type: 'say', id: 'late', text: 'too late' })
    expect(await ada.end()).toBe(CLOSE.expired)
    expect(await table.log()).toHaveLength(1)
  })

  it('goes on under a newer one without a new connection, through sleep', async () => {
    const table = await foundGroup()
    table.sessionEndsAt = START + 10_000
    const [ada, other] = [await table.connect(), await table.connect()]
    const { connection } = ada.welcome.you
    valueOf(await table.group.renew(table.owner.id, connection, START + 100_000))
    await pause(table, 10_000)
    await runDurableObjectAlarm(table.group)
    expect(await other.end()).toBe(CLOSE.expired)
    expect(await ada.say('still here')).toMatchObject({ type: 'ack' })
    await pause(table, 90_000)
    await runDurableObjectAlarm(table.group)
    expect(await ada.end()).toBe(CLOSE.expired)
  })

  it('renews no connection of anybody else', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const ada = await table.connect()
    const { connection } = ada.welcome.you
    const refused = await table.group.renew(bo.id, connection, START + 100_000)
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
  })
})

it('paces new names like everything else that is said', async () => {
  const table = await foundGroup()
  const { id } = table.owner
  for (let count = 0; count < 30; count += 1) await table.group.admit({ id, name: `Ada ${count}` })
  const renamed = (await table.log()).filter(({ kind }) => kind === 'member').length - 1
  expect(renamed).toBe(20)
})

it('writes nothing where a change of settings changes nothing', async () => {
  const table = await foundGroup()
  for (const settings of [
    { slowModeSeconds: 5 },
    { slowModeSeconds: 5 },
    { join: 'open' },
  ] as const) {
    valueOf(await table.group.change(table.owner.id, { settings, title: 'Round table' }))
  }
  expect((await table.log()).map(({ kind }) => kind)).toEqual(['member', 'settings'])
})

it('hears nothing more from a connection that it closed, whoever keeps on sending', async () => {
  const table = await foundGroup()
  const ada = await table.connect()
  for (let count = 0; count < 10; count += 1) ada.send('nonsense')
  ada.send({ type: 'say', id: 'late', text: 'still here' })
  expect(await ada.end()).toBe(CLOSE.protocolViolation)
  expect(await table.log()).toHaveLength(1)
})

it('sends a connection away for a while that floods the group with what changes nothing', async () => {
  const table = await foundGroup()
  const [ada, bo] = [await table.connect(), await table.connect((await table.join('Bo')).id)]
  for (let count = 0; count < 4_001; count += 1) ada.send({ type: 'typing', on: true })
  expect(await ada.next('bye')).toMatchObject({ code: CLOSE.tooFast, retry: true })
  expect(await ada.end()).toBe(CLOSE.tooFast)
  expect(await bo.say('what was that?')).toMatchObject({ type: 'ack' })
})

it('counts the same request over and over as such a flood', async () => {
  const table = await foundGroup()
  const ada = await table.connect()
  const frame = { type: 'say', id: 'same', text: 'hello' } as const
  for (let count = 0; count < 4_002; count += 1) ada.send(frame)
  expect(await ada.end()).toBe(CLOSE.tooFast)
})

it('lets a group speak that may do so less than once a second', async () => {
  Object.assign(env, { LIMIT_GROUP_PER_SECOND: '0.5' })
  const table = await foundGroup()
  Object.assign(env, { LIMIT_GROUP_PER_SECOND: '' })
  const ada = await table.connect()
  expect(await ada.say('one')).toMatchObject({ type: 'ack' })
  expect(await ada.say('two')).toMatchObject({ code: 'too_fast', retryAfterMs: 2_000 })
})

it('takes nothing from the pace of all for what one member is refused', async () => {
  const table = await foundGroup()
  const [ada, bo] = [await table.connect(), await table.connect((await table.join('Bo')).id)]
  for (let at = 0; at < 200; at += 1) bo.send({ type: 'recall', id: `x${at}`, target: 999 })
  expect(await bo.answer('x199')).toMatchObject({ code: 'not_found' })
  expect(await ada.say('and who may speak?')).toMatchObject({ type: 'ack' })
})
