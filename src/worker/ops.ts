import { Hono } from 'hono'
import type { MiddlewareHandler } from 'hono'

import { OPERATIONS_NAME } from '../ops/metrics.ts'
import { digestOf } from './digest.ts'
import type { Door } from './door.ts'
import { refuse } from './refusals.ts'
import type { DoorRefusal } from './refusals.ts'

// A token that somebody chose may hold spaces.
const BEARER = /^Bearer +(.+)$/i

// The version of Prometheus' text format.
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const NO_OPERATOR: DoorRefusal = {
  code: 'unauthorized',
  message: 'this needs the operator token',
}

// Opens a route to whoever knows `OPERATOR_TOKEN`; where there is none, to nobody.
const operatorOnly: MiddlewareHandler<Door> = async function operatorOnly(c, next) {
  const expected = c.env.OPERATOR_TOKEN ?? ''
  if (expected === '') {
    return refuse(c, {
      code: 'forbidden',
      message: 'closed: this deployment has no OPERATOR_TOKEN',
    })
  }
  const [, token = ''] = BEARER.exec(c.req.header('authorization') ?? '') ?? []
  if (!(await isSame(token, expected))) {
    c.header('www-authenticate', 'Bearer')
    return refuse(c, token === '' ? NO_OPERATOR : { ...NO_OPERATOR, counted: 'refused_operators' })
  }
  return next()
}

/** Figures for the dashboard: `/api/ops/counters`. */
export const ops = new Hono<Door>().use(operatorOnly).get('/counters', async (c) => {
  return c.json({ counters: await countersOf(c.env) })
})

/** Figures for Prometheus: `/metrics`. */
export const metrics = new Hono<Door>().use(operatorOnly).get('/', async (c) => {
  const counters = Object.entries(await countersOf(c.env))
  const families = counters.map(([name, total]) => {
    const family = `parley_${name}_total`
    return `# TYPE ${family} counter\n${family} ${total}\n`
  })
  return c.body(families.join(''), 200, { 'content-type': METRICS_TYPE })
})

async function countersOf(env: Door['Bindings']): Promise<Readonly<Record<string, number>>> {
  return env.OPERATIONS.getByName(OPERATIONS_NAME).counters()
}

// Digests have one length and tell nothing of how far a guess was right; so does the comparison.
async function isSame(guess: string, expected: string): Promise<boolean> {
  const [one, other] = await Promise.all([digestOf(guess), digestOf(expected)])
  return crypto.subtle.timingSafeEqual(one, other)
}
