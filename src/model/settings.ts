import type { Endpoint } from './openai.ts'
import type { ModelLimits } from './openai/deadlines.ts'

/** What the variables `MODEL_…` say: an endpoint or none, and how long it may be silent. */
export interface ModelSettings {
  readonly endpoint?: Endpoint
  readonly limits: ModelLimits
}

/** A first token after 8 s is too late for a chat; reply.ended must follow within 150 s ([P11]). */
export const DEFAULT_MODEL_LIMITS: ModelLimits = {
  firstTokenMs: 8_000,
  idleMs: 15_000,
  totalMs: 120_000,
}

/** A variable that cannot be used as it is. The message names it and never repeats its value. */
export class ModelSettingError extends Error {
  override readonly name = 'ModelSettingError'
  readonly variable: string

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`)
    this.variable = variable
  }
}

/** Reads the variables of the model endpoint; throws where one is wrong. Empty ones count as unset. */
export function parseModelSettings(variables: object): ModelSettings {
  const read = readerOf(variables)
  const limits = {
    firstTokenMs: msOf(read, 'MODEL_FIRST_TOKEN_MS', DEFAULT_MODEL_LIMITS.firstTokenMs),
    idleMs: msOf(read, 'MODEL_IDLE_MS', DEFAULT_MODEL_LIMITS.idleMs),
    totalMs: msOf(read, 'MODEL_TOTAL_MS', DEFAULT_MODEL_LIMITS.totalMs),
  }
  const baseUrl = baseUrlOf(read)
  if (baseUrl === undefined) return { limits }
  const name = read('MODEL_NAME')
  if (name === undefined) {
    throw new ModelSettingError(
      'MODEL_NAME',
      'is missing; MODEL_BASE_URL needs the name of a model',
    )
  }
  const apiKey = apiKeyOf(read)
  return { endpoint: { baseUrl, name, ...(apiKey && { apiKey }) }, limits }
}

/** What a `welcome` says about the assistant before anything has gone wrong. */
export function describe(settings: ModelSettings): {
  readonly state: 'ok' | 'local'
  readonly reason?: string
} {
  return settings.endpoint ? { state: 'ok' } : { state: 'local', reason: 'no_model' }
}

/** A name for an endpoint and its model that holds no secret and stays the same between deployments. */
export function endpointIdOf(endpoint: Endpoint): string {
  return `${new URL(endpoint.baseUrl).host}/${endpoint.name}`
}

type Read = (name: string) => string | undefined

function readerOf(variables: object): Read {
  const values = new Map<string, unknown>(Object.entries(variables))
  return (name) => {
    const value = values.get(name)
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
  }
}

function baseUrlOf(read: Read): string | undefined {
  const value = read('MODEL_BASE_URL')
  if (value === undefined) return undefined
  const url = URL.parse(value)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ModelSettingError(
      'MODEL_BASE_URL',
      'is no http or https URL, such as https://host/v1',
    )
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new ModelSettingError(
      'MODEL_BASE_URL',
      'holds more than a host and a path; the key belongs into MODEL_API_KEY',
    )
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

function apiKeyOf(read: Read): string | undefined {
  const value = read('MODEL_API_KEY')
  if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return value
  throw new ModelSettingError('MODEL_API_KEY', 'holds characters that no header can carry')
}

function msOf(read: Read, name: string, fallback: number): number {
  const value = read(name)
  if (value === undefined) return fallback
  // What setTimeout can count; beyond it a timer fires at once.
  if (/^\d{1,10}$/.test(value) && Number(value) > 0 && Number(value) < 2 ** 31) return Number(value)
  throw new ModelSettingError(name, 'is a whole number of milliseconds from 1')
}
