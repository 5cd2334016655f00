import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { CLOSE } from '../../src/protocol/codes.ts'
import { createRandom } from '../support/random.ts'
import { foundGroup, unique, valueOf } from '../support/room.ts'
import type { Table } from '../support/room.ts'

const SCHEDULES = 200
const STEPS = 12
const SEED = 20_261_125

// The real ones; what a group sees of them may be made to fail.
const members = env.MEMBERS

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
})

afterEach(() => {
  Object.assign(env, { MEMBERS: members })
  vi.restoreAllMocks()
  vi.useRealTimers()
})

type Failure = 'before' | 'after' | 'never'

/** Lets calls to members' objects fail: before they did anything, or after all of it. */
function failCalls(failure: () => Failure): void {
  const MEMBERS = new Proxy(members, {
    get(target, name) {
      if (name !== 'getByName') return Reflect.get(target, name)
      return (id: string) => {
        const member = target.getByName(id)
        const call = (report: 'joined' | 'left') => async (group: string, version: number) => {
          const failing = failure()
          if (failing === 'before') throw new Error('out of reach')
          await member[report](group, version)
          if (failing === 'after') throw new Error('the answer got lost')
        }
        return { joined: call('joined'), left: call('left') }
      }
    },
  })
  Object.assign(env, { MEMBERS })
}

/** Rings until nothing is due any more, as time would. */
async function settle(table: Table): Promise<void> {
  for (let ring = 0; ring < 12; ring += 1) {
    vi.setSystemTime(Date.now() + 600_000)
    if (!(await runDurableObjectAlarm(table.group))) return
  }
}

/** What a schedule did and what came of it, beside what should have. */
interface Course {
  readonly seen: unknown[]
  readonly expected: unknown[]
}

/** Lets somebody come and go at random while calls fail, and looks what is true in the end. */
async function runSchedule(random: () => number): Promise<Course> {
  const table = await foundGroup()
  const { group, owner } = table
  const person = { id: unique('m_'), name: 'Bo' }
  const hash = unique('hash')
  const terms = { role: 'member', uses: 1_000, expiresAt: Date.now() + 86_400_000 } as const
  valueOf(await group.invite(owner.id, hash, terms))
  const course: Course = { seen: [], expected: [] }
  let state: 'in' | 'out' | 'banned' = 'out'
  let isKnown = false
  const note = (what: string, came: unknown, should: unknown) => {
    course.seen.push([what, came])
    course.expected.push([what, should])
  }
  for (let step = 0; step < STEPS; step += 1) {
    const luck = random()
    if (luck < 0.3) {
      note('join', (await table.group.join(person, hash)).ok, state !== 'banned')
      if (state === 'out') state = 'in'
      isKnown = true
    } else if (luck < 0.45) {
      note('leave', (await table.group.removeMember(person.id, person.id)).ok, state === 'in')
      if (state === 'in') state = 'out'
    } else if (luck < 0.55) {
      note('remove', (await table.group.removeMember(owner.id, person.id)).ok, state === 'in')
      if (state === 'in') state = 'out'
    } else if (luck < 0.75) {
      const patch = { state: state === 'banned' ? 'active' : 'banned' } as const
      const changed = await table.group.changeMember(owner.id, person.id, patch)
      note(patch.state, changed.ok, isKnown)
      if (isKnown) state = state === 'banned' ? 'out' : 'banned'
    } else if (luck < 0.9) {
      note('resume', await resume(table, person.id), state === 'in')
    } else {
      await abortAllDurableObjects()
    }
  }
  await settle(table)
  note('their groups', await groupsOf(person.id), state === 'in' ? [table.id] : [])
  note('the owner’s', await groupsOf(owner.id), [table.id])
  note('membership', (await table.group.summary(person.id)).ok, state === 'in')
  return course
}

/** Whether somebody is let in who comes back to where they were. */
async function resume(table: Table, member: string): Promise<boolean> {
  const { webSocket } = await table.knock(member, { since: 0 })
  webSocket?.accept()
  webSocket?.close()
  return webSocket !== null
}

async function groupsOf(member: string): Promise<readonly string[]> {
  return members.getByName(member).groups()
}

describe('a group and the objects of its members', () => {
  it('agree after 200 random schedules of joining, leaving, bans and crashes', async () => {
    const random = createRandom(SEED)
    failCalls(() => {
      const luck = random()
      if (luck < 0.25) return 'before'
      return luck < 0.4 ? 'after' : 'never'
    })
    for (let schedule = 0; schedule < SCHEDULES; schedule += 1) {
      const { seen, expected } = await runSchedule(random)
      expect([SEED, schedule, seen]).toEqual([SEED, schedule, expected])
    }
  }, 120_000)

  it('repair what a stalled alarm left undone as soon as somebody comes', async () => {
    const table = await foundGroup()
    failCalls(() => 'before')
    vi.spyOn(console, 'log').mockImplementation(() => {})
    const bo = await table.join('Bo')
    for (let ring = 0; ring < 25; ring += 1) {
      vi.setSystemTime(Date.now() + 900_000)
      await runDurableObjectAlarm(table.group)
    }
    expect(await groupsOf(bo.id)).toEqual([])
    failCalls(() => 'never')
    vi.setSystemTime(Date.now() + 900_000)
    table.sessionEndsAt = Date.now() + 3_600_000
    await table.connect()
    await runDurableObjectAlarm(table.group)
    expect(await groupsOf(bo.id)).toEqual([table.id])
  })
})

describe('[P23] a banned member', () => {
  it('gets it also in the middle of a burst', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const seat = await table.connect(bo.id)
    await runInDurableObject(table.group, async (group) => {
      for (const title of ['one', 'two', 'three']) await group.change(table.owner.id, { title })
      await group.changeMember(table.owner.id, bo.id, { state: 'banned' })
    })
    expect(await seat.end()).toBe(CLOSE.removed)
    expect(seat.events.at(-1)).toMatchObject({ body: { member: bo.id, change: 'banned' } })
  })

  it('waits no longer, as moderators are told', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    valueOf(await table.group.change(table.owner.id, { settings: { join: 'approval' } }))
    const bo = await table.join('Bo')
    expect(await ada.next('waiting')).toMatchObject({ count: 1 })
    valueOf(await table.group.changeMember(table.owner.id, bo.id, { state: 'banned' }))
    expect(await ada.next('waiting')).toMatchObject({ count: 0 })
  })

  it('gets the ban as their last event and is closed with 4503, asleep or not', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, seat] = [await table.connect(), await table.connect(bo.id)]
    await table.sleep()
    const patch = { state: 'banned' } as const
    valueOf(await table.group.changeMember(table.owner.id, bo.id, patch))
    await ada.say('after the ban')
    expect(await seat.end()).toBe(CLOSE.removed)
    expect(seat.events.at(-1)).toMatchObject({
      from: table.owner.id,
      body: { member: bo.id, change: 'banned' },
    })
  })

  it('leaves no invite behind by which they could come back as somebody else', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    valueOf(await table.group.changeMember(table.owner.id, bo.id, { role: 'moderator' }))
    const terms = { role: 'member', uses: 2, expiresAt: Date.now() + 60_000 } as const
    const [theirs, other] = [unique('hash'), unique('hash')]
    valueOf(await table.group.invite(bo.id, theirs, terms))
    valueOf(await table.group.invite(table.owner.id, other, terms))
    valueOf(await table.group.changeMember(table.owner.id, bo.id, { state: 'banned' }))
    const again = { id: unique('m_'), name: 'Bob' }
    expect((await table.group.join(again, theirs)).ok).toBe(false)
    expect((await table.group.join(again, other)).ok).toBe(true)
  })

  it('is let in neither by an invite nor by a ticket from before, until forgiven', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const ban = { state: 'banned' } as const
    valueOf(await table.group.changeMember(table.owner.id, bo.id, ban))
    const hash = unique('hash')
    const terms = { role: 'member', uses: 2, expiresAt: Date.now() + 60_000 } as const
    valueOf(await table.group.invite(table.owner.id, hash, terms))
    expect(await table.group.join(bo, hash)).toMatchObject({ refusal: { code: 'not_found' } })
    expect((await table.knock(bo.id, { since: 1 })).status).toBe(403)
    valueOf(await table.group.changeMember(table.owner.id, bo.id, { state: 'active' }))
    expect((await table.knock(bo.id)).status).toBe(403)
    valueOf(await table.group.join(bo, hash))
    expect((await table.knock(bo.id)).status).toBe(101)
  })
})

describe('joining by approval', () => {
  async function approving(): Promise<Table> {
    const table = await foundGroup()
    valueOf(await table.group.change(table.owner.id, { settings: { join: 'approval' } }))
    return table
  }

  it('makes somebody wait, unseen by members, until a moderator lets them in', async () => {
    const table = await approving()
    const ada = await table.connect()
    const bo = await table.join('Bo')
    expect(await ada.next('waiting')).toMatchObject({ count: 1 })
    expect((await table.knock(bo.id)).status).toBe(403)
    expect(await groupsOf(bo.id)).toEqual([])
    const listed = valueOf(await table.group.roster(table.owner.id))
    expect(listed.find(({ id }) => id === bo.id)).toMatchObject({ state: 'waiting' })
    valueOf(await table.group.changeMember(table.owner.id, bo.id, { state: 'active' }))
    expect((await table.log()).at(-1)).toMatchObject({
      from: table.owner.id,
      body: { member: bo.id, change: 'joined', role: 'member' },
    })
    expect(await ada.next('waiting')).toMatchObject({ count: 0 })
    expect(await groupsOf(bo.id)).toEqual([table.id])
    expect((await table.connect(bo.id)).welcome.waiting).toBeUndefined()
    expect(valueOf(await table.group.roster(bo.id))).toHaveLength(2)
  })

  it('is denied by an act that says who did it; asking again needs a use of an invite', async () => {
    const table = await approving()
    const hash = unique('hash')
    const terms = { role: 'guest', uses: 1, expiresAt: Date.now() + 60_000 } as const
    valueOf(await table.group.invite(table.owner.id, hash, terms))
    const bo = { id: unique('m_'), name: 'Bo' }
    expect(valueOf(await table.group.join(bo, hash))).toMatchObject({ waiting: true })
    // Whoever waits may look again, and uses nothing up.
    expect(valueOf(await table.group.join(bo, hash))).toMatchObject({ waiting: true })
    valueOf(await table.group.removeMember(table.owner.id, bo.id))
    expect((await table.log()).at(-1)).toMatchObject({
      from: table.owner.id,
      body: { member: bo.id, change: 'denied', role: 'guest' },
    })
    expect(await table.group.join(bo, hash)).toMatchObject({ refusal: { code: 'not_found' } })
  })
})

describe('a group that is erased', () => {
  it('is gone for everyone at once, and in the end wherever calls failed on the way', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const seat = await table.connect(bo.id)
    failCalls(() => 'before')
    const receipt = valueOf(await table.group.erase(table.owner.id))
    expect(receipt).toMatchObject({ group: table.id, members: 2 })
    expect(await seat.end()).toBe(CLOSE.noSuchGroup)
    // It died before anybody could be told: what wakes up is no group any more.
    await abortAllDurableObjects()
    expect(await table.group.summary(table.owner.id)).toMatchObject({ ok: false })
    expect((await table.knock(bo.id)).status).toBe(404)
    expect(await groupsOf(bo.id)).toEqual([table.id])
    failCalls(() => 'never')
    vi.setSystemTime(Date.now() + 600_000)
    expect(await runDurableObjectAlarm(table.group)).toBe(true)
    expect([await groupsOf(bo.id), await groupsOf(table.owner.id)]).toEqual([[], []])
    // Nothing is left, not even a reason to wake.
    expect(await runDurableObjectAlarm(table.group)).toBe(false)
    expect(await table.group.found(table.owner, 'Again')).toMatchObject({ ok: true })
  })

  it('is cleared away also where it died while it told the first of them', async () => {
    const table = await foundGroup()
    const untold = () => new Promise<never>(() => {})
    Object.assign(env, { MEMBERS: { getByName: () => ({ left: untold }) } })
    const erased = table.group.erase(table.owner.id).catch(() => undefined)
    await vi.waitFor(async () => {
      expect(await table.group.summary(table.owner.id)).toMatchObject({ ok: false })
    })
    await abortAllDurableObjects()
    await erased
    failCalls(() => 'never')
    const alarm = await runInDurableObject(table.group, (_, { storage }) => storage.getAlarm())
    expect(Number(alarm) - Date.now()).toBe(60_000)
    vi.setSystemTime(Date.now() + 60_000)
    expect(await runDurableObjectAlarm(table.group)).toBe(true)
    expect(await groupsOf(table.owner.id)).toEqual([])
    expect(await runDurableObjectAlarm(table.group)).toBe(false)
  })
})
