import type { Access, Endpoint } from './endpoint.ts'
import type { ModelLimits } from './openai/deadlines.ts'
import { endpointsOf } from './settings/list.ts'
import { addressOf, headerValue, idOf, ModelSettingError } from './settings/variables.ts'
import { readerOf, type Read } from './settings/variables.ts'

export { ModelSettingError }

/** What the variables say: endpoints in order of preference, and how long one may be silent. */
export interface ModelSettings {
  readonly endpoints: readonly Endpoint[]
  readonly limits: ModelLimits
}

/** A first token after 8 s is too late for a chat; reply.ended must follow within 150 s ([P11]). */
export const DEFAULT_MODEL_LIMITS: ModelLimits = {
  firstTokenMs: 8_000,
  idleMs: 15_000,
  totalMs: 120_000,
}

/**
 * Reads the variables of the model endpoints; throws where one is wrong. Empty ones count as unset.
 * The endpoint of `MODEL_BASE_URL` comes before those of `MODELS`.
 */
export function parseModelSettings(variables: object): ModelSettings {
  const read = readerOf(variables)
  const limits = {
    firstTokenMs: msOf(read, 'MODEL_FIRST_TOKEN_MS', DEFAULT_MODEL_LIMITS.firstTokenMs),
    idleMs: msOf(read, 'MODEL_IDLE_MS', DEFAULT_MODEL_LIMITS.idleMs),
    totalMs: msOf(read, 'MODEL_TOTAL_MS', DEFAULT_MODEL_LIMITS.totalMs),
  }
  const single = singleOf(read)
  const listed = endpointsOf(variables)
  const endpoints = single ? [single, ...listed] : listed
  const ids = endpoints.map(({ id }) => id)
  const twin = ids.findLastIndex((id, at) => ids.indexOf(id) < at)
  if (twin >= 0) {
    const place = `MODELS[${single ? twin - 1 : twin}].name`
    throw new ModelSettingError(place, 'must tell this endpoint from another one before it')
  }
  return { endpoints, limits }
}

function singleOf(read: Read): Endpoint | undefined {
  const value = read('MODEL_BASE_URL')
  if (value === undefined) return undefined
  const baseUrl = addressOf('MODEL_BASE_URL', value)
  const model = read('MODEL_NAME')
  if (model === undefined) {
    throw new ModelSettingError(
      'MODEL_NAME',
      'is missing; MODEL_BASE_URL needs the name of a model',
    )
  }
  const key = read('MODEL_API_KEY')
  const access: Access =
    key === undefined
      ? { kind: 'none' }
      : { kind: 'keys', keys: [headerValue('MODEL_API_KEY', key)] }
  return { id: idOf(baseUrl, model), baseUrl, model, access, profile: {} }
}

function msOf(read: Read, name: string, fallback: number): number {
  const value = read(name)
  if (value === undefined) return fallback
  // What setTimeout can count; beyond it a timer fires at once.
  if (/^\d{1,10}$/.test(value) && Number(value) > 0 && Number(value) < 2 ** 31) return Number(value)
  throw new ModelSettingError(name, 'is a whole number of milliseconds from 1')
}
