import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import { METRICS, OPERATIONS_NAME } from '../../src/ops/metrics.ts'
import { app } from '../../src/worker/app.ts'
import { HERE, operations, signIn, visit, visitWith } from './visitor.ts'

const OPERATOR = { authorization: `Bearer ${env.OPERATOR_TOKEN}` }

describe.each(['/api/ops/counters', '/metrics'])('%s', (path) => {
  it.each([
    ['nobody', {}],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a wrong token', { authorization: 'Bearer wrong' }],
    ['half a token', { authorization: OPERATOR.authorization.slice(0, -1) }],
    ['a token and more', { authorization: `${OPERATOR.authorization}x` }],
    ['another scheme', { authorization: `Basic ${env.OPERATOR_TOKEN}` }],
  ])('is not for %s', async (_, headers) => {
    const { namespace, asked } = operations()
    const response = await visitWith({ OPERATIONS: namespace }, path, { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(asked).not.toContain('counters')
  })

  it('is not for people who are signed in', async () => {
    const ada = await signIn('Ada')
    expect((await ada.get(path)).status).toBe(401)
  })

  it('is closed where there is no operator', async () => {
    const { OPERATOR_TOKEN: _, ...bare } = env
    for (const closed of [bare, { ...bare, OPERATOR_TOKEN: '' }]) {
      for (const authorization of ['Bearer ', 'Bearer undefined', '']) {
        const request = new Request(HERE + path, { headers: { authorization } })
        const response = await app.fetch(request, closed)
        expect(response.status).toBe(403)
        expect(await response.json()).toMatchObject({
          error: { message: expect.stringContaining('OPERATOR_TOKEN') },
        })
      }
    }
  })
})

it('tells the operator every counter', async () => {
  await env.OPERATIONS.getByName(OPERATIONS_NAME).take({ messages: 3 })
  const response = await visit('/api/ops/counters', { headers: OPERATOR })
  const { counters } = await response.json<{ counters: Record<string, number> }>()
  expect(Object.keys(counters)).toEqual([...METRICS])
  expect(counters['messages']).toBeGreaterThanOrEqual(3)
})

it('tells Prometheus the same in its own format', async () => {
  await env.OPERATIONS.getByName(OPERATIONS_NAME).take({ jobs_dead: 2 })
  const response = await visit('/metrics', { headers: OPERATOR })
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  expect(text).toContain('# TYPE parley_jobs_dead_total counter\nparley_jobs_dead_total 2\n')
  expect(text).toMatch(/^(?:# TYPE parley_\w+_total counter\nparley_\w+_total \d+\n)+$/)
})

it('answers nothing at other addresses of operations', async () => {
  expect((await visit('/api/ops/nothing', { headers: OPERATOR })).status).toBe(404)
  expect((await visit('/api/ops/nothing')).status).toBe(401)
})
