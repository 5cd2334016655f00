import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'

import { wallClock } from '../../src/client/link/clock.ts'
import { Renewal, renewalAt } from '../../src/client/room/renewal.ts'
import { FakeClock } from './support/fake-clock.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

describe('a session', () => {
  test.each([
    ['30 days', 30 * DAY, 24 * DAY],
    ['20 minutes', 20 * MINUTE, 15 * MINUTE],
    ['4 minutes', 4 * MINUTE, 2 * MINUTE],
  ])('of %s is renewed in time', (_, leftMs, expected) => {
    expect(renewalAt(1_000 + leftMs, 1_000)).toBe(1_000 + expected)
  })

  it('is renewed before each end, without end', async () => {
    const clock = new FakeClock()
    const renew = vi.fn<() => Promise<number | null>>(async () => clock.now() + 30 * DAY)
    new Renewal(renew, clock).startFrom(clock.now() + 30 * DAY)
    await clock.pass(23 * DAY)
    expect(renew).not.toHaveBeenCalled()
    await clock.pass(2 * DAY)
    expect(renew).toHaveBeenCalledTimes(1)
    await clock.pass(24 * DAY)
    expect(renew).toHaveBeenCalledTimes(2)
  })

  it('is let go where it cannot be renewed from here', async () => {
    const clock = new FakeClock()
    const renew = vi.fn<() => Promise<number | null>>(async () => null)
    new Renewal(renew, clock).startFrom(clock.now() + DAY)
    await clock.pass(2 * DAY)
    expect(renew).toHaveBeenCalledTimes(1)
  })

  it('is tried again a few times when the server is down, and not after its end', async () => {
    const clock = new FakeClock()
    const renew = vi.fn<() => Promise<number | null>>(() => Promise.reject(new Error('down')))
    new Renewal(renew, clock).startFrom(clock.now() + DAY)
    await clock.pass(2 * DAY)
    expect(renew.mock.calls.length).toBeGreaterThan(2)
    expect(renew.mock.calls.length).toBeLessThan(40)
  })

  it('is left alone once its screen is closed', async () => {
    const clock = new FakeClock()
    const renew = vi.fn<() => Promise<number | null>>(async () => null)
    const renewal = new Renewal(renew, clock)
    renewal.startFrom(clock.now() + DAY)
    renewal.stop()
    await clock.pass(2 * DAY)
    expect(renew).not.toHaveBeenCalled()
  })
})

describe('the clock on the wall', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('waits longer than a browser’s own timers can', () => {
    const task = vi.fn<() => void>()
    wallClock.after(30 * DAY, task)
    vi.advanceTimersByTime(30 * DAY - 1)
    expect(task).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(task).toHaveBeenCalledTimes(1)
  })

  it('can be called off, however far it has come', () => {
    const task = vi.fn<() => void>()
    const cancel = wallClock.after(60 * DAY, task)
    vi.advanceTimersByTime(55 * DAY)
    cancel()
    vi.advanceTimersByTime(10 * DAY)
    expect(task).not.toHaveBeenCalled()
  })
})
