import type { Context, MiddlewareHandler } from 'hono'

import type { Door } from './door.ts'
import { refuse } from './refusals.ts'
import type { DoorRefusal } from './refusals.ts'

// PROTOCOL §9.
const DEFAULT_PER_MINUTE = 60

// What the binding ADDRESS_LIMIT in wrangler.toml gives to one key in a minute.
const TOKENS = 60

// Keys that one call may ask before it gives up, so that a high limit stays cheap to refuse. Up to
// 16 × 60 calls a minute the limit is exact; above it is a little lower than it says.
const MOST_KEYS = 16

const MINUTE_MS = 60_000

/** Lets an address in only so often a minute: sign-ins, tickets, invites and upgrades together. */
export const limitAddress: MiddlewareHandler<Door> = async function limitAddress(c, next) {
  const refusal = await refuseAddress(c)
  if (refusal !== undefined) return refuse(c, refusal)
  return next()
}

/**
 * Counts one call of the address that asks, and refuses it when that was one too many. What is
 * counted for itself goes into a bucket of its own.
 */
export async function refuseAddress(
  c: Context<Door>,
  bucket = '',
): Promise<DoorRefusal | undefined> {
  const address = networkOf(c.req.header('cf-connecting-ip')) + bucket
  const perMinute = perMinuteOf(c.env.LIMIT_ADDRESS_PER_MINUTE)
  if (await takeCall(c.env.ADDRESS_LIMIT, address, perMinute)) return undefined
  // The limiter's minutes are the clock's.
  const retryAfterMs = MINUTE_MS - (Date.now() % MINUTE_MS)
  const message = 'too many requests from this address'
  return { code: 'too_fast', message, retryAfterMs, counted: 'refused_addresses' }
}

/**
 * Takes one of `perMinute` calls of an address out of a limiter that knows only 60 tokens per key.
 * The limit is split over keys of which each serves some calls at an even price: 60 calls are one
 * key at 1 token, 5 are one key at 11, 40 are 30 at 2 and 10 at 6, 6,000 are a hundred keys at 1.
 */
export async function takeCall(
  limiter: RateLimit,
  address: string,
  perMinute: number,
): Promise<boolean> {
  const prices = pricesFor(perMinute)
  const first = Math.floor(Math.random() * prices.length)
  for (let turn = 0; turn < Math.min(prices.length, MOST_KEYS); turn += 1) {
    const index = (first + turn) % prices.length
    if (await takeTokens(limiter, `${address}#${index}`, prices[index] ?? TOKENS)) return true
  }
  return false
}

function pricesFor(perMinute: number): number[] {
  const prices: number[] = []
  for (let rest = perMinute; rest > 0;) {
    // The lowest price at which a key serves no more calls than are left.
    const price = Math.floor(TOKENS / (Math.min(rest, TOKENS) + 1)) + 1
    prices.push(price)
    rest -= Math.floor(TOKENS / price)
  }
  return prices
}

async function takeTokens(limiter: RateLimit, key: string, price: number): Promise<boolean> {
  for (let taken = 0; taken < price; taken += 1) {
    const { success } = await limiter.limit({ key })
    if (!success) return false
  }
  return true
}

/** What counts as one address: an IPv4 address, or the /64 that an IPv6 host may roam in. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || address === '') return 'local'
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [front = [], back = []] = address.split('::').map((half) => half.split(':'))
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
  const groups = address.includes('::') ? [...front, ...zeros, ...back] : front
  return `${groups.slice(0, 4).map(withoutZeros).join(':')}::/64`
}

function withoutZeros(group: string): string {
  return group.toLowerCase().replace(/^0+/, '') || '0'
}

// A limit that cannot be read is no reason to have none.
function perMinuteOf(setting: string | undefined): number {
  const count = Number(setting ?? DEFAULT_PER_MINUTE)
  return Number.isInteger(count) && count > 0 ? count : DEFAULT_PER_MINUTE
}
