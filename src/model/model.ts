import { log } from '../ops/log.ts'
import type { Model } from './ask.ts'
import { credentialsFor } from './credentials.ts'
import { EmbeddedModel } from './embedded.ts'
import { FallbackModel } from './fallback.ts'
import { OpenAiModel, type Fetch } from './openai.ts'
import { Dialect } from './openai/dialect.ts'
import type { ModelOutcome } from './outcome.ts'
import type { ModelSettings } from './settings.ts'
import { startTimer, type StartTimer } from './timers.ts'

export { describe, parseModelSettings } from './settings.ts'

/** What the model layer takes from outside; left out, it is the runtime's own. */
export interface ModelParts {
  readonly fetch?: Fetch
  readonly startTimer?: StartTimer
  readonly now?: () => number
  /** Hears how each call to the endpoint went, besides the log. */
  readonly report?: (outcome: ModelOutcome) => void
}

/** The group's voice: the configured endpoint backed by the embedded responder, or that one alone. */
export function createModel(settings: ModelSettings, parts: ModelParts = {}): Model {
  const [endpoint] = settings.endpoints
  const embedded = new EmbeddedModel()
  if (!endpoint) return embedded
  const ports = {
    fetch: parts.fetch ?? ((url, init) => fetch(url, init)),
    startTimer: parts.startTimer ?? startTimer,
    now: parts.now ?? Date.now,
  }
  const memory = { token: undefined, restUntil: new Map<number, number>() }
  const primary = new OpenAiModel({
    ...ports,
    endpoint,
    limits: settings.limits,
    credentials: credentialsFor(endpoint.access, { ...ports, memory }),
    dialect: new Dialect(endpoint.profile),
  })
  return new FallbackModel({
    primary,
    embedded,
    report(outcome) {
      if (outcome.kind !== 'ok') log({ event: 'model.failed', ...outcome })
      parts.report?.(outcome)
    },
  })
}
