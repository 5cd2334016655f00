import { describe, expect, it, test } from 'vitest'

import { parseModelSettings } from '../../src/model/settings.ts'

const LIMITS = { firstTokenMs: 8_000, idleMs: 15_000, totalMs: 120_000 }

const list = (...items: readonly object[]) => ({ MODELS: JSON.stringify(items) })

describe('one endpoint', () => {
  it('is three variables', () => {
    const settings = parseModelSettings({
      MODEL_BASE_URL: ' http://127.0.0.1:11434/v1/ ',
      MODEL_NAME: 'qwen3',
      MODEL_API_KEY: 'sk-secret',
      MODEL_IDLE_MS: '500',
      SIGN_IN: 'guest',
    })
    expect(settings).toEqual({
      endpoints: [
        {
          id: '127.0.0.1:11434/qwen3',
          baseUrl: 'http://127.0.0.1:11434/v1',
          model: 'qwen3',
          access: { kind: 'keys', keys: ['sk-secret'] },
          profile: {},
        },
      ],
      limits: { ...LIMITS, idleMs: 500 },
    })
  })

  test.each([
    {},
    { MODEL_BASE_URL: '', MODELS: ' ' },
    { MODEL_API_KEY: 'written by npm start' },
    { MODELS: '[]' },
  ])('is none in %o', (variables) => {
    expect(parseModelSettings(variables)).toEqual({ endpoints: [], limits: LIMITS })
  })
})

describe('several endpoints', () => {
  it('are a list, in its order, with secrets by their names', () => {
    const { endpoints } = parseModelSettings({
      ...list(
        { baseUrl: 'https://one.example/v1/', model: 'a', keys: ['KEY_NOW', 'KEY_NEXT'] },
        {
          name: 'spare',
          baseUrl: 'https://two.example/v1',
          model: 'b',
          oauth: {
            tokenUrl: 'https://login.example/token',
            clientId: 'parley',
            clientSecret: 'SPARE_SECRET',
            scope: 'chat',
          },
          profile: { maxTokens: 'none', streamOptions: false, alternate: true },
        },
        { baseUrl: 'http://127.0.0.1:8000/v1', model: 'c' },
      ),
      KEY_NOW: 'sk-1',
      KEY_NEXT: 'sk-2',
      SPARE_SECRET: 's3cret',
    })
    expect(endpoints).toEqual([
      {
        id: 'one.example/a',
        baseUrl: 'https://one.example/v1',
        model: 'a',
        access: { kind: 'keys', keys: ['sk-1', 'sk-2'] },
        profile: {},
      },
      {
        id: 'spare',
        baseUrl: 'https://two.example/v1',
        model: 'b',
        access: {
          kind: 'oauth',
          client: {
            tokenUrl: 'https://login.example/token',
            clientId: 'parley',
            clientSecret: 's3cret',
            scope: 'chat',
          },
        },
        profile: { maxTokens: 'none', streamOptions: false, alternate: true },
      },
      {
        id: '127.0.0.1:8000/c',
        baseUrl: 'http://127.0.0.1:8000/v1',
        model: 'c',
        access: { kind: 'none' },
        profile: {},
      },
    ])
  })

  it('may be a list of wrangler.toml as well as its JSON', () => {
    const { endpoints } = parseModelSettings({ MODELS: [{ baseUrl: 'https://a/v1', model: 'm' }] })
    expect(endpoints).toMatchObject([{ id: 'a/m', baseUrl: 'https://a/v1' }])
  })

  it('come after the one that has variables of its own', () => {
    const { endpoints } = parseModelSettings({
      ...list({ baseUrl: 'https://two.example/v1', model: 'b' }),
      MODEL_BASE_URL: 'https://one.example/v1',
      MODEL_NAME: 'a',
    })
    expect(endpoints.map(({ id }) => id)).toEqual(['one.example/a', 'two.example/b'])
  })
})

const GOOD = { baseUrl: 'https://host/v1', model: 'm' }
const OAUTH = { tokenUrl: 'https://host/token', clientId: 'c', clientSecret: 'SECRET' }

describe('a wrong setting', () => {
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
    ['MODELS', { MODELS: '[{"keys": s3cret}]' }],
    ['MODELS', { MODELS: '{"key":"s3cret"}' }],
    ['MODELS', { MODELS: '"s3cret"' }],
    ['MODELS', { MODELS: { key: 's3cret' } }],
    ['MODELS[0]', { MODELS: '["s3cret"]' }],
    ['MODELS[1].baseUrl', list(GOOD, { model: 'm' })],
    ['MODELS[1].baseUrl', list(GOOD, { baseUrl: 'host/s3cret', model: 'n' })],
    ['MODELS[0].baseUrl', list({ baseUrl: 'https://host/v1?key=s3cret', model: 'm' })],
    ['MODELS[0].model', list({ ...GOOD, model: ' ' })],
    ['MODELS[0].model', list({ ...GOOD, model: 7 })],
    ['MODELS[0].apiKey', list({ ...GOOD, apiKey: 's3cret' })],
    ['MODELS[0].keys', list({ ...GOOD, keys: 's3cret' })],
    ['MODELS[0].keys', list({ ...GOOD, keys: [] })],
    ['MODELS[0].keys[1]', list({ ...GOOD, keys: ['SECRET', 's3cret'] })],
    ['MODELS[0].keys[0]', list({ ...GOOD, keys: ['OPERATOR_TOKEN'] })],
    ['MODELS[0].keys[0]', list({ ...GOOD, keys: ['TWO_LINES'] })],
    ['MODELS[0].oauth', list({ ...GOOD, keys: ['SECRET'], oauth: OAUTH })],
    ['MODELS[0].oauth.clientId', list({ ...GOOD, oauth: { ...OAUTH, clientId: undefined } })],
    [
      'MODELS[0].oauth.clientSecret',
      list({ ...GOOD, oauth: { ...OAUTH, clientSecret: 's3cret' } }),
    ],
    ['MODELS[0].oauth.tokenUrl', list({ ...GOOD, oauth: { ...OAUTH, tokenUrl: 's3cret' } })],
    ['MODELS[0].profile.maxTokens', list({ ...GOOD, profile: { maxTokens: 's3cret' } })],
    ['MODELS[0].profile.streamOptions', list({ ...GOOD, profile: { streamOptions: 's3cret' } })],
    ['MODELS[1].name', list(GOOD, { ...GOOD, baseUrl: 'https://host/other' })],
    ['MODELS[0].name', { ...list(GOOD), MODEL_BASE_URL: GOOD.baseUrl, MODEL_NAME: GOOD.model }],
  ])('is named by its place, %s, and never by its value', (place, variables) => {
    const parse = () =>
      parseModelSettings({
        SECRET: 'a-secret',
        OPERATOR_TOKEN: 'token-s3cret',
        TWO_LINES: 's3cret\ns3cret',
        ...variables,
      })
    expect(parse).toThrow(expect.objectContaining({ name: 'ModelSettingError', variable: place }))
    expect(parse).toThrow(`${place} `)
    expect(parse).not.toThrow('s3cret')
  })
})
