import { log } from '../ops/log.ts'
import type { Condition, Voice } from './condition.ts'
import { EmbeddedModel } from './embedded.ts'
import { FallbackModel } from './fallback.ts'
import { Leg, type BreakerStore } from './leg.ts'
import { ModelMemory } from './memory.ts'
import type { Fetch } from './openai.ts'
import type { ModelOutcome } from './outcome.ts'
import { Router } from './router.ts'
import type { ModelSettings } from './settings.ts'
import { startTimer, type StartTimer } from './timers.ts'

export { parseModelSettings } from './settings.ts'

/** What the model layer takes from outside; left out, it is the runtime's own. */
export interface ModelParts {
  readonly fetch?: Fetch
  readonly startTimer?: StartTimer
  readonly now?: () => number
  readonly random?: () => number
  /** What is known of endpoints; left out, what this process knows. */
  readonly memory?: ModelMemory
  /** Where open breakers outlive the process; left out, they do not. */
  readonly store?: BreakerStore
  /** Hears how each call to an endpoint went, besides the log. */
  readonly report?: (endpoint: string, outcome: ModelOutcome) => void
  /** Hears after each answer how the voice is. */
  readonly onCondition?: (condition: Condition) => void
}

const PROCESS_MEMORY = new ModelMemory()

const NO_STORE: BreakerStore = { load: () => undefined, save() {} }

/** A first token is slow at twice the goal, and the goal is a quarter of the longest that is waited. */
const SLOW_SHARE = 0.5

/** After this share of the time that an answer has, no other endpoint could still give a whole one. */
const LAST_START_SHARE = 0.5

/** The group's voice: the configured endpoints backed by the embedded responder, or that one alone. */
export function createModel(settings: ModelSettings, parts: ModelParts = {}): Voice {
  const { endpoints, limits } = settings
  const embedded = new EmbeddedModel()
  if (endpoints.length === 0) return embedded
  const {
    memory = PROCESS_MEMORY,
    store = NO_STORE,
    now = Date.now,
    random = Math.random,
    onCondition = () => {},
  } = parts
  const slowMs = limits.firstTokenMs * SLOW_SHARE
  const ports = {
    fetch: parts.fetch ?? ((url, init) => fetch(url, init)),
    startTimer: parts.startTimer ?? startTimer,
    now,
  }
  const legs = endpoints.map((endpoint) => {
    const known = memory.of(endpoint, { slowMs, firstTokenMs: limits.firstTokenMs, now, random })
    return new Leg({
      ...ports,
      endpoint,
      limits,
      memory: known,
      slowMs,
      store,
      report(id, outcome) {
        if (outcome.kind !== 'ok') log({ event: 'model.failed', endpoint: id, ...outcome })
        parts.report?.(id, outcome)
      },
      onBreaker: (id, to) => log({ event: 'model.breaker', endpoint: id, to }),
    })
  })
  const router = new Router({
    ...ports,
    legs,
    extraCalls: memory.extraCalls,
    lastStartMs: limits.totalMs * LAST_START_SHARE,
  })
  return new FallbackModel({ primary: router, embedded, onCondition })
}
