import { describe, expect, it, vi } from 'vitest'

import { Alarms } from '../../src/group/alarms.ts'
import type { Reason } from '../../src/group/alarms.ts'

/** The one alarm of an object, as its storage keeps it. */
class AlarmClock {
  at: number | null = null
  set = 0

  async getAlarm(): Promise<number | null> {
    return this.at
  }

  async setAlarm(at: number | Date): Promise<void> {
    this.at = Number(at)
    this.set += 1
  }
}

function reason(name: string, due: () => number | undefined, run: Reason['run']): Reason {
  return { name, due, run }
}

describe('the alarm', () => {
  it('is set for the earliest reason, and not again until something is due earlier', () => {
    const clock = new AlarmClock()
    let due = 9_000
    const one = reason(
      'one',
      () => due,
      () => true,
    )
    const other = reason(
      'other',
      () => 5_000,
      () => true,
    )
    const alarms = new Alarms(clock, () => 'g', [one, other])
    alarms.arm()
    alarms.arm()
    expect(clock).toMatchObject({ at: 5_000, set: 1 })
    due = 3_000
    alarms.arm()
    expect(clock).toMatchObject({ at: 3_000, set: 2 })
  })

  it('knows after a sleep when it will ring', async () => {
    const clock = new AlarmClock()
    clock.at = 4_000
    const alarms = new Alarms(clock, () => 'g', [
      reason(
        'one',
        () => 5_000,
        () => true,
      ),
    ])
    await alarms.recall()
    alarms.arm()
    expect(clock.set).toBe(0)
  })

  it('runs what is due although another reason fails, and comes back for the rest', async () => {
    const clock = new AlarmClock()
    const later = Date.now() + 60_000
    const done: string[] = []
    const broken = reason(
      'broken',
      () => (done.length > 0 ? later : 1),
      () => {
        throw new Error('no')
      },
    )
    const well = reason(
      'well',
      () => (done.length > 0 ? undefined : 1),
      () => done.push('well') > 0,
    )
    await new Alarms(clock, () => 'g', [broken, well]).ring()
    expect(done).toEqual(['well'])
    expect(clock.at).toBe(later)
  })

  it('waits longer each time that nothing was achieved, and gives up in the end', async () => {
    const clock = new AlarmClock()
    const alarms = new Alarms(clock, () => 'g', [
      reason(
        'vain',
        () => 1,
        () => false,
      ),
    ])
    const waits: number[] = []
    for (let at = 0; at < 4; at += 1) {
      await alarms.ring()
      waits.push(Math.round(((clock.at ?? 0) - Date.now()) / 1_000))
    }
    expect(waits).toEqual([4, 8, 16, 32])
    for (let at = 0; at < 15; at += 1) await alarms.ring()
    const set = clock.set
    await alarms.ring()
    expect(clock.set).toBe(set)
  })

  it('takes no offense at ringing for something that is done by now', async () => {
    const clock = new AlarmClock()
    const alarms = new Alarms(clock, () => 'g', [
      reason(
        'one',
        () => Date.now() + 500,
        () => true,
      ),
    ])
    for (let at = 0; at < 50; at += 1) await alarms.ring()
    expect(clock.set).toBe(50)
  })

  it('is on time for one reason while another fails again and again, or was given up', async () => {
    const clock = new AlarmClock()
    const timely = Date.now() + 10_000
    const reasons = [
      reason(
        'broken',
        () => 1,
        () => false,
      ),
      reason(
        'timely',
        () => timely,
        () => true,
      ),
    ]
    const alarms = new Alarms(clock, () => 'g', reasons)
    vi.spyOn(console, 'log').mockImplementation(() => {})
    for (let ring = 0; ring < 30; ring += 1) {
      clock.at = null
      await alarms.ring()
      expect(clock.at).toBeLessThanOrEqual(timely)
    }
    vi.restoreAllMocks()
  })
})
