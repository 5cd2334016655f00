import type { Usage } from '../protocol/events.ts'
import type { Ask, Completion } from './ask.ts'
import type { BreakerState, Permit } from './breaker.ts'
import { credentialsFor } from './credentials.ts'
import type { Endpoint } from './endpoint.ts'
import {
  consequenceOf,
  isModelFault,
  ModelRefusedError,
  ModelRestingError,
  type FaultKind,
  type ModelFault,
} from './errors.ts'
import type { EndpointMemory, Rest } from './memory.ts'
import { OpenAiModel, type CallStream, type Fetch } from './openai.ts'
import type { ModelLimits } from './openai/deadlines.ts'
import { outcomeOf, type ModelOutcome } from './outcome.ts'
import type { StartTimer } from './timers.ts'

/** How long an endpoint that wants peace gets it: unless it says otherwise, at least and at most. */
const RATE_REST_MS = 20_000
const LEAST_REST_MS = 1_000
const LONGEST_REST_MS = 300_000

/** How long an endpoint is left alone that took none of our keys. */
const AUTH_REST_MS = 60_000

/** The reason for which a call is ended when another endpoint answered before this one. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

/** When the breaker of an endpoint opened last, as a group keeps it. */
export type OpenBreaker = Omit<Extract<BreakerState, { readonly at: 'open' }>, 'at'>

/** Where open breakers outlive the process. */
export interface BreakerStore {
  load(endpoint: string): OpenBreaker | undefined
  /** Undefined once the breaker is closed. */
  save(endpoint: string, open: OpenBreaker | undefined): void
}

/** What a leg is given. */
export interface LegParts {
  readonly endpoint: Endpoint
  readonly limits: ModelLimits
  readonly memory: EndpointMemory
  readonly slowMs: number
  readonly store: BreakerStore
  readonly fetch: Fetch
  readonly startTimer: StartTimer
  readonly now: () => number
  /** Hears how each call went; a call that was stopped says nothing. */
  readonly report: (endpoint: string, outcome: ModelOutcome) => void
  /** Hears when the breaker opened or closed. */
  readonly onBreaker: (endpoint: string, to: 'open' | 'closed') => void
}

/** One endpoint on the way to an answer: calls it, and learns from each call. */
export class Leg {
  readonly #parts: LegParts
  readonly #model: OpenAiModel
  /** What of the breaker is in the store. */
  #saved: OpenBreaker | undefined
  #isSlow = false
  #calls = 0

  constructor(parts: LegParts) {
    const { endpoint, memory, store } = parts
    this.#parts = parts
    this.#model = new OpenAiModel({
      ...parts,
      credentials: credentialsFor(endpoint.access, parts),
      dialect: memory.dialect,
    })
    this.#saved = store.load(endpoint.id)
    if (this.#saved) memory.breaker.restore({ at: 'open', ...this.#saved })
  }

  /** Whether the newest answer let people wait for its first token. */
  get isSlow(): boolean {
    return this.#isSlow
  }

  /** Calls of this group that are under way. */
  get calls(): number {
    return this.#calls
  }

  estimate(ask: Ask): Usage {
    return this.#model.estimate(ask)
  }

  /** How long to wait for a first token before another leg is tried as well. */
  patienceMs(): number {
    return this.#parts.memory.times.patienceMs()
  }

  /** Why it may not be called now, and until when. */
  rest(): Rest | undefined {
    const { breaker, cooldown, trouble } = this.#parts.memory
    const until = breaker.restsUntil()
    const rests: Rest[] = until === undefined ? [] : [{ kind: trouble, until }]
    if (cooldown && cooldown.until > this.#parts.now()) rests.push(cooldown)
    return rests.toSorted((a, b) => b.until - a.until)[0]
  }

  async call(ask: Ask, stream: CallStream): Promise<Completion> {
    const { memory, now, slowMs } = this.#parts
    const rest = this.rest()
    const permit = rest ? undefined : memory.breaker.permit()
    if (!permit) throw new ModelRestingError(rest?.kind ?? memory.trouble, rest?.until ?? now())
    this.#calls += 1
    const began = now()
    let firstTokenMs: number | undefined
    const onToken = (): void => {
      if (firstTokenMs === undefined) {
        firstTokenMs = now() - began
        this.#isSlow = firstTokenMs > slowMs
        memory.times.add(firstTokenMs)
        permit.onFirstToken(firstTokenMs)
        if (this.#isSlow) memory.trouble = 'first_token'
      }
      stream.onToken?.()
    }
    try {
      const { signal } = stream
      const onText = (text: string): void => stream.onText(text)
      const completion = await this.#model.complete(ask, { signal, onText, onToken })
      permit.onEnd('ok')
      this.#report({ kind: 'ok' })
      return completion
    } catch (fault) {
      if (!stream.signal.aborted) this.#learn(permit, fault)
      else if (stream.signal.reason instanceof Overtaken && firstTokenMs === undefined) {
        memory.times.add(now() - began)
        memory.trouble = 'first_token'
        permit.onOvertaken()
      } else permit.onEnd('unknown')
      throw fault
    } finally {
      this.#calls -= 1
      this.remember()
    }
  }

  /** Keeps for the next process what this one knows of the breaker. */
  remember(): void {
    const { endpoint, memory, store, onBreaker } = this.#parts
    const { state } = memory.breaker
    // While it is tried again, what is known is still that it had opened.
    if (state.at === 'half_open') return
    const open = state.at === 'open' ? { until: state.until, openings: state.openings } : undefined
    if (open?.until === this.#saved?.until) return
    this.#saved = open
    store.save(endpoint.id, open)
    // Every group notes it for itself, but the log needs it once.
    if (open?.until === memory.announced) return
    memory.announced = open?.until
    onBreaker(endpoint.id, state.at)
  }

  #learn(permit: Permit, fault: unknown): void {
    if (!isModelFault(fault)) return permit.onEnd('unknown')
    this.#report(outcomeOf(fault))
    const { memory } = this.#parts
    switch (consequenceOf(fault.kind).endpoint) {
      case 'failure':
        memory.trouble = fault.kind
        return permit.onEnd('failed')
      case 'rest':
        memory.cooldown = { kind: fault.kind, until: this.#parts.now() + restMsOf(fault) }
        return permit.onEnd('unknown')
      case 'none':
        return permit.onEnd('unknown')
    }
  }

  #report(outcome: ModelOutcome): void {
    this.#parts.report(this.#parts.endpoint.id, outcome)
  }
}

function restMsOf(fault: ModelFault): number {
  const wanted: Partial<Record<FaultKind, number>> = { auth: AUTH_REST_MS, rate: RATE_REST_MS }
  const said = fault instanceof ModelRefusedError ? fault.retryAfterMs : undefined
  const ms = fault.kind === 'auth' ? undefined : said
  return Math.min(
    LONGEST_REST_MS,
    Math.max(LEAST_REST_MS, ms ?? wanted[fault.kind] ?? RATE_REST_MS),
  )
}
