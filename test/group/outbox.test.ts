import { runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'

import { Outbox } from '../../src/group/outbox.ts'
import type { Errand } from '../../src/group/outbox.ts'
import { foundGroup } from '../support/room.ts'

const ERRAND: Errand = { kind: 'joined', member: 'm_x', version: 7 }

it('delivers an errand until it worked once, waiting longer each time', async () => {
  const { group } = await foundGroup()
  await runInDurableObject(group, async (_, { storage: { sql } }) => {
    const delivered: Errand[] = []
    let isAway = true
    const outbox = new Outbox(sql, async (errand) => {
      if (isAway) throw new Error('away')
      delivered.push(errand)
    })
    outbox.note(ERRAND)
    const start = outbox.due() ?? 0
    expect(await outbox.run(start)).toBe(false)
    expect(outbox.due()).toBe(start + 5_000)
    expect(await outbox.run(start + 5_000)).toBe(false)
    expect(outbox.due()).toBe(start + 15_000)
    isAway = false
    expect(await outbox.run(start + 14_999)).toBe(false)
    expect(await outbox.run(start + 15_000)).toBe(true)
    expect(delivered).toEqual([ERRAND])
    expect(outbox.due()).toBe(undefined)
  })
})

it('goes on where one errand is never answered', async () => {
  const { group } = await foundGroup()
  await runInDurableObject(group, async (_, { storage }) => {
    // The group's own outbox must not take what is this one's.
    await storage.deleteAlarm()
    const delivered: Errand[] = []
    const other: Errand = { ...ERRAND, member: 'm_y' }
    const deliver = async (errand: Errand) => {
      if (errand.kind === 'joined' && errand.member === 'm_x') await new Promise(() => {})
      delivered.push(errand)
    }
    const outbox = new Outbox(storage.sql, deliver, 20)
    outbox.note(ERRAND)
    outbox.note(other)
    const start = outbox.due() ?? 0
    expect(await outbox.run(start + 1)).toBe(true)
    expect(delivered).toEqual([other])
    expect(outbox.due()).toBe(start + 5_001)
  })
})
