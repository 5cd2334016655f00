import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { createModel, parseModelSettings } from '../../src/model/model.ts'
import type { ModelOutcome } from '../../src/model/outcome.ts'
import { startModelEndpoint, type ModelEndpoint } from '../support/model-endpoint.ts'
import { askIn, listen } from './conversation.ts'

const ASK = askIn([], 'Ada: @assistant write a poem')

describe('the model', () => {
  let endpoint: ModelEndpoint
  beforeAll(async () => {
    endpoint = await startModelEndpoint()
  })
  afterAll(() => endpoint.close())

  it('is the embedded responder where no endpoint is set', async () => {
    const completion = await createModel(parseModelSettings({})).complete(ASK, listen())
    expect(completion).toEqual({ finish: 'stop', source: 'local' })
  })

  it('is the endpoint where one is set', async () => {
    const settings = parseModelSettings({ MODEL_BASE_URL: endpoint.url, MODEL_NAME: 'ok' })
    const stream = listen()
    expect(await createModel(settings).complete(ASK, stream)).toMatchObject({ source: 'model' })
    expect(stream.text).toBe(endpoint.answer)
  })

  it('[P16] falls back, and logs of the failure only where, its kind and status', async () => {
    const logged = vi.spyOn(console, 'log').mockReturnValue()
    const outcomes: (readonly [string, ModelOutcome])[] = []
    const settings = parseModelSettings({ MODEL_BASE_URL: endpoint.url, MODEL_NAME: '401' })
    const id = `127.0.0.1:${endpoint.port}/401`
    const model = createModel(settings, { report: (...outcome) => outcomes.push(outcome) })
    expect(await model.complete(ASK, listen())).toMatchObject({ source: 'local', degraded: 'auth' })
    expect(outcomes).toEqual([[id, { kind: 'auth', status: 401 }]])
    expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      { event: 'model.failed', endpoint: id, kind: 'auth', status: 401 },
    ])
    logged.mockRestore()
  })
})
