import { beforeEach, describe, expect, it, test } from 'vitest'

import { Breaker } from '../../src/model/breaker.ts'
import { createRandom } from '../support/random.ts'

const SLOW_MS = 4_000
const TRIAL_MS = 8_000

let now: number
let random: () => number
let breaker: Breaker

beforeEach(() => {
  now = 1_790_000_000_000
  random = () => 1
  breaker = fresh()
})

function fresh(): Breaker {
  const options = { slowMs: SLOW_MS, trialMs: TRIAL_MS, now: () => now, random: () => random() }
  return new Breaker(options)
}

/** One whole call, where it is let through. */
function call(result: 'ok' | 'failed' | 'unknown', waitedMs = 500): boolean {
  const permit = breaker.permit()
  if (result === 'ok') permit?.onFirstToken(waitedMs)
  permit?.onEnd(result)
  return permit !== undefined
}

function repeat(count: number, result: 'ok' | 'failed' | 'unknown', waitedMs?: number): void {
  for (let at = 0; at < count; at += 1) call(result, waitedMs)
}

describe('a closed breaker', () => {
  it('opens after four failures in a row, however far apart, for ten seconds', () => {
    for (let at = 0; at < 4; at += 1) {
      expect(call('failed')).toBe(true)
      now += 60_000
    }
    now -= 60_000
    expect(breaker.state).toEqual({ at: 'open', until: now + 10_000, openings: 1 })
    expect(breaker.permit()).toBeUndefined()
    expect(breaker.restsUntil()).toBe(now + 10_000)
  })

  it('starts the row anew with each success', () => {
    repeat(3, 'failed')
    call('ok')
    repeat(3, 'failed')
    expect(breaker.state.at).toBe('closed')
  })

  it('lets calls through that say nothing, and counts them for nothing', () => {
    repeat(3, 'failed')
    repeat(50, 'unknown')
    expect(breaker.state.at).toBe('closed')
    call('failed')
    expect(breaker.state.at).toBe('open')
  })

  it('opens when surely more than a fifth of the last calls failed, of eight at least', () => {
    for (const result of ['failed', 'ok', 'failed', 'ok', 'failed', 'ok'] as const) call(result)
    call('failed')
    expect(breaker.state.at).toBe('closed')
    call('failed')
    expect(breaker.state.at).toBe('open')
  })

  it('forgets failures after thirty seconds', () => {
    for (let at = 0; at < 20; at += 1) {
      call('failed')
      call('ok')
      call('ok')
      now += 15_000
    }
    expect(breaker.state.at).toBe('closed')
  })

  it('opens when half of eight first tokens are slow, though no call failed', () => {
    repeat(4, 'ok')
    repeat(3, 'ok', SLOW_MS + 1)
    expect(breaker.state.at).toBe('closed')
    call('ok', SLOW_MS + 1)
    expect(breaker.state.at).toBe('open')
  })

  it('counts an endpoint that was overtaken as slow, once', () => {
    repeat(4, 'ok')
    for (let at = 0; at < 4; at += 1) {
      expect(breaker.state.at).toBe('closed')
      const permit = breaker.permit()
      permit?.onOvertaken()
      permit?.onOvertaken()
      permit?.onEnd('failed')
    }
    expect(breaker.state.at).toBe('open')
  })
})

describe('an open breaker', () => {
  beforeEach(() => repeat(4, 'failed'))

  it('lets one trial through when its time is over, and nobody beside it', () => {
    now += 9_999
    expect(breaker.permit()).toBeUndefined()
    now += 1
    expect(breaker.permit()).toBeDefined()
    expect(breaker.permit()).toBeUndefined()
    expect(breaker.state.at).toBe('half_open')
  })

  it('closes after two good first tokens', () => {
    now += 10_000
    const first = breaker.permit()
    first?.onFirstToken(500)
    expect(breaker.state.at).toBe('half_open')
    breaker.permit()?.onFirstToken(500)
    expect(breaker.state.at).toBe('closed')
    first?.onEnd('ok')
    repeat(3, 'failed')
    expect(breaker.state.at).toBe('closed')
  })

  test.each(['failed', 'slow', 'overtaken', 'failed after its first token'])(
    'opens again for twice as long after a trial that was %s',
    (how) => {
      now += 10_000
      const permit = breaker.permit()
      if (how === 'slow') permit?.onFirstToken(SLOW_MS + 1)
      if (how === 'overtaken') permit?.onOvertaken()
      if (how === 'failed after its first token') permit?.onFirstToken(500)
      permit?.onEnd('failed')
      expect(breaker.state).toEqual({ at: 'open', until: now + 20_000, openings: 2 })
    },
  )

  it('gives the place of a trial that was stopped to the next one', () => {
    now += 10_000
    breaker.permit()?.onEnd('unknown')
    expect(breaker.permit()).toBeDefined()
  })

  it('does not wait for ever for a trial that nobody speaks for any more', () => {
    now += 10_000
    breaker.permit()
    now += TRIAL_MS - 1
    expect(breaker.permit()).toBeUndefined()
    now += 1
    expect(breaker.permit()).toBeDefined()
  })

  it('rests five minutes at most, and a fifth less by chance', () => {
    const pauses: number[] = []
    for (let at = 0; at < 8; at += 1) {
      const until = breaker.restsUntil() ?? now
      pauses.push((until - now) / 1_000)
      now = until
      call('failed')
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300])
    random = () => 0
    now = breaker.restsUntil() ?? now
    call('failed')
    expect((breaker.restsUntil() ?? now) - now).toBe(240_000)
  })

  it('hears nothing of calls that began before it opened', () => {
    breaker = fresh()
    const late = breaker.permit()
    repeat(4, 'failed')
    const { state } = breaker
    late?.onFirstToken(10)
    late?.onEnd('failed')
    expect(breaker.state).toBe(state)
  })

  it('is not closed by the first token of a call that began before', () => {
    breaker = fresh()
    const [late, later] = [breaker.permit(), breaker.permit()]
    repeat(4, 'failed')
    now += 10_000
    breaker.permit()
    late?.onFirstToken(10)
    later?.onFirstToken(10)
    expect(breaker.state).toMatchObject({ at: 'half_open', good: 0 })
  })

  it('gives nobody the place of a second trial when the first one ends', () => {
    now += 10_000
    const first = breaker.permit()
    first?.onFirstToken(500)
    breaker.permit()
    first?.onEnd('ok')
    expect(breaker.permit()).toBeUndefined()
  })

  it('outlives no clock that is put back', () => {
    now -= 3_600_000
    expect(breaker.permit()).toBeDefined()
  })
})

describe('what was known before', () => {
  it('is taken over by a breaker that knows nothing yet', () => {
    breaker.restore({ at: 'open', until: now + 5_000, openings: 3 })
    expect(breaker.permit()).toBeUndefined()
    now += 5_000
    call('failed')
    expect(breaker.state).toEqual({ at: 'open', until: now + 80_000, openings: 4 })
  })

  it('makes a trial of the first call where its time is just over', () => {
    breaker.restore({ at: 'open', until: now - 1_000, openings: 1 })
    expect(breaker.permit()).toBeDefined()
    expect(breaker.permit()).toBeUndefined()
  })

  it('is too old after five minutes', () => {
    breaker.restore({ at: 'open', until: now - 300_001, openings: 9 })
    expect(breaker.state).toEqual({ at: 'closed' })
  })

  it('counts less than what was learned since', () => {
    call('ok')
    breaker.restore({ at: 'open', until: now + 5_000, openings: 3 })
    expect(breaker.state.at).toBe('closed')
  })
})

describe('by chance', () => {
  const SEEDS = Array.from({ length: 50 }, (_, at) => at + 1)

  it('never opens at 2 % of failures in 10,000 calls', () => {
    const draw = createRandom(2)
    for (let at = 0; at < 10_000; at += 1) {
      now += 300
      call(draw() < 0.02 ? 'failed' : 'ok')
      expect(breaker.state.at).toBe('closed')
    }
  })

  it('opens within 30 calls at 30 % of failures, more often than not by far', () => {
    const needed = SEEDS.map((seed) => {
      const draw = createRandom(seed)
      breaker = fresh()
      let calls = 0
      while (breaker.state.at === 'closed' && calls < 1_000) {
        now += 1_000
        calls += 1
        call(draw() < 0.3 ? 'failed' : 'ok')
      }
      return calls
    })
    const sorted = needed.toSorted((a, b) => a - b)
    const mean = needed.reduce((sum, calls) => sum + calls, 0) / needed.length
    expect(mean).toBeLessThanOrEqual(30)
    expect(sorted[35]).toBeLessThanOrEqual(30)
  })

  it.each(SEEDS)('follows the rule of four in a row where calls are rare (seed %i)', (seed) => {
    const draw = createRandom(seed)
    const reference = { row: 0, until: 0, openings: 0, good: 0 }
    for (let at = 0; at < 500; at += 1) {
      now += 7_000 + Math.floor(draw() * 20_000)
      const isOpen = now < reference.until
      const hasFailed = draw() < 0.6
      expect(call(hasFailed ? 'failed' : 'ok'), `step ${at}`).toBe(!isOpen)
      if (!isOpen) follow(reference, hasFailed)
      expect(breaker.state.at === 'closed', `step ${at}`).toBe(reference.openings === 0)
    }
  })

  // The rule in its plainest form, for calls that come one after the other.
  function follow(
    reference: { row: number; until: number; openings: number; good: number },
    hasFailed: boolean,
  ): void {
    if (hasFailed) reference.row += 1
    else reference.row = 0
    reference.good = hasFailed ? 0 : reference.good + 1
    const isTrial = reference.openings > 0
    if (hasFailed && (isTrial || reference.row === 4)) {
      reference.until = now + Math.min(300_000, 10_000 * 2 ** reference.openings)
      reference.openings += 1
      reference.row = 0
    } else if (isTrial && reference.good === 2) reference.openings = 0
  }
})
