import { waitUntil } from 'cloudflare:workers'
import type { MiddlewareHandler } from 'hono'

import type { Env } from '../env.ts'
import { OPERATIONS_NAME, Tally } from '../ops/metrics.ts'
import type { Counts, MetricName } from '../ops/metrics.ts'
import type { Door } from './door.ts'

// Of the whole isolate, so that a flood of refusals is one report a second: sums, and nobody's data.
const tally = new Tally()

/** Counts something that happened at the front door. */
export function count(name: MetricName): void {
  tally.add({ [name]: 1 })
}

/** Hands on what was counted, together with whichever request comes when it is time. */
export const reportCounts: MiddlewareHandler<Door> = async function reportCounts(c, next) {
  await next()
  const counts = tally.take()
  if (counts !== undefined) waitUntil(report(c.env, counts))
}

// No figure is worth failing a request for: what cannot be handed on waits for the next one.
async function report(env: Env, counts: Counts): Promise<void> {
  try {
    await env.OPERATIONS.getByName(OPERATIONS_NAME).take(counts)
  } catch {
    tally.add(counts)
  }
}
