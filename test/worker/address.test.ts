import { describe, expect, it } from 'vitest'

import { networkOf, takeCall } from '../../src/worker/address.ts'
import { json, signIn, visitWith } from './visitor.ts'

const TOKENS_PER_KEY = 60

/** A minute of the ADDRESS_LIMIT binding: 60 tokens a key. The real one's minutes end when they end. */
function limiter(): RateLimit {
  const taken = new Map<string, number>()
  return {
    async limit({ key }) {
      const count = taken.get(key) ?? 0
      if (count >= TOKENS_PER_KEY) return { success: false }
      taken.set(key, count + 1)
      return { success: true }
    },
  }
}

async function callsLetIn(perMinute: number, calls: number): Promise<number> {
  const minute = limiter()
  let letIn = 0
  for (let call = 0; call < calls; call += 1) {
    if (await takeCall(minute, '192.0.2.1', perMinute)) letIn += 1
  }
  return letIn
}

describe('a limit per address', () => {
  it.each([1, 2, 5, 7, 11, 13, 40, 59, 60, 61, 100, 130, 960])(
    'of %i a minute lets in that many, and not one more',
    async (perMinute) => {
      expect(await callsLetIn(perMinute, perMinute - 1)).toBe(perMinute - 1)
      expect(await callsLetIn(perMinute, perMinute)).toBe(perMinute)
      expect(await callsLetIn(perMinute, perMinute + 1)).toBe(perMinute)
    },
  )

  it('that is very high still costs few questions to refuse', async () => {
    let asked = 0
    const exhausted: RateLimit = {
      async limit() {
        asked += 1
        return { success: false }
      },
    }
    expect(await takeCall(exhausted, '192.0.2.1', 60_000)).toBe(false)
    expect(asked).toBeLessThanOrEqual(16)
  })

  it('leaves other addresses alone', async () => {
    const minute = limiter()
    expect(await takeCall(minute, '192.0.2.1', 1)).toBe(true)
    expect(await takeCall(minute, '192.0.2.1', 1)).toBe(false)
    expect(await takeCall(minute, '192.0.2.2', 1)).toBe(true)
  })
})

it.each([
  [undefined, 'local'],
  ['', 'local'],
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::', 'fe80:0:0:0::/64'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
])('counts %j as %j', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

describe('at the door', () => {
  // Two minutes of the real limiter let in 4 calls at most, so one of 5 is refused, whenever it is.
  async function exhaust(address: string): Promise<Response> {
    for (let call = 0; ; call += 1) {
      const response = await visitWith(
        { LIMIT_ADDRESS_PER_MINUTE: '2' },
        '/api/session',
        json({ name: 'Ada' }, { 'cf-connecting-ip': address }),
      )
      if (response.status !== 201 || call === 4) return response
    }
  }

  it('an address that comes too often is told when to come back', async () => {
    const response = await exhaust('192.0.2.7')
    expect(response.status).toBe(429)
    const { error } = await response.json<{ error: { code: string; retryAfterMs: number } }>()
    expect(error).toMatchObject({ code: 'too_fast', ref: expect.stringMatching(/^\w{8}$/) })
    expect(error.retryAfterMs).toBeGreaterThan(0)
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000)
    expect(response.headers.get('retry-after')).toBe(String(Math.ceil(error.retryAfterMs / 1000)))
  })

  it('an address that founds group after group is told so, and may do everything else', async () => {
    const ada = await signIn('Ada')
    const from = { ...ada.headers, 'cf-connecting-ip': '192.0.2.11' }
    const few = { LIMIT_ADDRESS_PER_MINUTE: '2' }
    const statuses: number[] = []
    for (let call = 0; call < 5; call += 1) {
      const bad = await visitWith(few, '/api/groups', json({ title: '' }, from))
      expect(bad.status).toBe(400)
      const init = json({ title: 'Lobby' }, from)
      statuses.push((await visitWith(few, '/api/groups', init)).status)
    }
    expect(statuses.slice(0, 2)).toEqual([201, 201])
    expect(statuses).toContain(429)
    expect((await visitWith(few, '/api/session', json({ name: 'Ada' }, from))).status).toBe(201)
  })

  it.each(['0', '-3', 'many', ''])('a limit of %j is no limit that anyone meant', async (limit) => {
    const response = await visitWith(
      { LIMIT_ADDRESS_PER_MINUTE: limit },
      '/api/session',
      json({ name: 'Ada' }, { 'cf-connecting-ip': '192.0.2.9' }),
    )
    expect(response.status).toBe(201)
  })
})
