import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import { modelHealth } from '../../src/model/health.ts'

describe('the health of a model endpoint', () => {
  it('is empty before the first call', async () => {
    const health = modelHealth(env.MODEL_HEALTH, 'new.example/m')
    expect(await health.outcomes()).toEqual({ ok: 0, failed: {} })
  })

  it('counts good calls and failed ones by kind', async () => {
    const health = modelHealth(env.MODEL_HEALTH, 'counted.example/m')
    await health.report({ kind: 'ok' })
    await health.report({ kind: 'rate', status: 429 })
    await health.report({ kind: 'ok' })
    await health.report({ kind: 'rate', status: 429 })
    await health.report({ kind: 'idle' })
    expect(await health.outcomes()).toMatchObject({ ok: 2, failed: { rate: 2, idle: 1 } })
  })

  it('knows since when calls go as they do', async () => {
    let now = 1_000
    const health = modelHealth(env.MODEL_HEALTH, 'since.example/m', () => now)
    await health.report({ kind: 'ok' })
    now = 2_000
    await health.report({ kind: 'network' })
    now = 3_000
    await health.report({ kind: 'network' })
    expect((await health.outcomes()).last).toEqual({ kind: 'network', since: 2_000 })
  })

  it('loses none of many reports at once', async () => {
    const health = modelHealth(env.MODEL_HEALTH, 'busy.example/m')
    await Promise.all(Array.from({ length: 20 }, () => health.report({ kind: 'ok' })))
    expect((await health.outcomes()).ok).toBe(20)
  })

  it('survives eviction', async () => {
    const health = modelHealth(env.MODEL_HEALTH, 'evicted.example/m')
    await health.report({ kind: 'total' })
    const id = env.MODEL_HEALTH.idFromName('endpoint:evicted.example%2Fm')
    await evictDurableObject(env.MODEL_HEALTH.get(id))
    expect((await health.outcomes()).failed).toEqual({ total: 1 })
  })

  it('is kept apart for each endpoint, whatever it is called', async () => {
    const names = ['a.example/通义千问', 'a.example/通义', 'f'.repeat(64)]
    for (const name of names) await modelHealth(env.MODEL_HEALTH, name).report({ kind: 'ok' })
    for (const name of names) {
      expect((await modelHealth(env.MODEL_HEALTH, name).outcomes()).ok).toBe(1)
    }
  })
})
