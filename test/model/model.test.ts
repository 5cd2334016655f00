import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest'

import {
  createModel,
  describe as describeModel,
  endpointIdOf,
  parseModelSettings,
} from '../../src/model/model.ts'
import type { ModelOutcome } from '../../src/model/outcome.ts'
import { startModelEndpoint, type ModelEndpoint } from '../support/model-endpoint.ts'
import { askIn, listen } from './conversation.ts'

const LIMITS = { firstTokenMs: 8_000, idleMs: 15_000, totalMs: 120_000 }
const ASK = askIn([], 'Ada: @assistant write a poem')

describe('the settings', () => {
  it('are an endpoint where one is named', () => {
    const settings = parseModelSettings({
      MODEL_BASE_URL: ' http://127.0.0.1:11434/v1/ ',
      MODEL_NAME: 'qwen3',
      MODEL_API_KEY: 'sk-secret',
      MODEL_IDLE_MS: '500',
      SIGN_IN: 'guest',
    })
    expect(settings).toEqual({
      endpoint: { baseUrl: 'http://127.0.0.1:11434/v1', name: 'qwen3', apiKey: 'sk-secret' },
      limits: { ...LIMITS, idleMs: 500 },
    })
    expect(describeModel(settings)).toEqual({ state: 'ok' })
  })

  test.each([{}, { MODEL_BASE_URL: '' }, { MODEL_API_KEY: 'written by npm start' }])(
    'are none in %o',
    (variables) => {
      const settings = parseModelSettings(variables)
      expect(settings).toEqual({ limits: LIMITS })
      expect(describeModel(settings)).toEqual({ state: 'local', reason: 'no_model' })
    },
  )

  test.each([
    ['MODEL_BASE_URL', { MODEL_BASE_URL: 'localhost:8000/v1', MODEL_NAME: 'x' }],
    ['MODEL_BASE_URL', { MODEL_BASE_URL: 'ftp://host/v1', MODEL_NAME: 'x' }],
    ['MODEL_BASE_URL', { MODEL_BASE_URL: 'https://me:s3cret@host/v1', MODEL_NAME: 'x' }],
    ['MODEL_BASE_URL', { MODEL_BASE_URL: 'https://s3cret@host/v1', MODEL_NAME: 'x' }],
    ['MODEL_BASE_URL', { MODEL_BASE_URL: 'https://host/v1?key=s3cret', MODEL_NAME: 'x' }],
    ['MODEL_NAME', { MODEL_BASE_URL: 'https://host/v1' }],
    [
      'MODEL_API_KEY',
      { MODEL_BASE_URL: 'https://host/v1', MODEL_NAME: 'x', MODEL_API_KEY: 's3cret\né' },
    ],
    ['MODEL_FIRST_TOKEN_MS', { MODEL_FIRST_TOKEN_MS: '0' }],
    ['MODEL_IDLE_MS', { MODEL_IDLE_MS: '1.5' }],
    ['MODEL_TOTAL_MS', { MODEL_TOTAL_MS: '2147483648' }],
  ])('name the wrong variable %s and never its value', (name, variables) => {
    const parse = () => parseModelSettings(variables)
    expect(parse).toThrow(expect.objectContaining({ name: 'ModelSettingError', variable: name }))
    expect(parse).toThrow(name)
    expect(parse).not.toThrow('s3cret')
  })

  it('name an endpoint without its key', () => {
    const endpoint = { baseUrl: 'https://host:8443/v1', name: 'qwen3', apiKey: 'sk-secret' }
    expect(endpointIdOf(endpoint)).toBe('host:8443/qwen3')
  })
})

describe('the model', () => {
  let endpoint: ModelEndpoint
  beforeAll(async () => {
    endpoint = await startModelEndpoint()
  })
  afterAll(() => endpoint.close())

  it('is the embedded responder where no endpoint is set', async () => {
    const completion = await createModel({ limits: LIMITS }).complete(ASK, listen())
    expect(completion).toEqual({ finish: 'stop', source: 'local' })
  })

  it('is the endpoint where one is set', async () => {
    const settings = parseModelSettings({ MODEL_BASE_URL: endpoint.url, MODEL_NAME: 'ok' })
    const stream = listen()
    expect(await createModel(settings).complete(ASK, stream)).toMatchObject({ source: 'model' })
    expect(stream.text).toBe(endpoint.answer)
  })

  it('[P16] falls back, and logs of the failure only its kind and status', async () => {
    const logged = vi.spyOn(console, 'log').mockReturnValue()
    const outcomes: ModelOutcome[] = []
    const settings = parseModelSettings({ MODEL_BASE_URL: endpoint.url, MODEL_NAME: '401' })
    const model = createModel(settings, { report: (outcome) => outcomes.push(outcome) })
    expect(await model.complete(ASK, listen())).toMatchObject({ source: 'local', degraded: 'auth' })
    expect(outcomes).toEqual([{ kind: 'auth', status: 401 }])
    expect(logged.mock.calls).toEqual([['{"event":"model.failed","kind":"auth","status":401}']])
    logged.mockRestore()
  })
})
