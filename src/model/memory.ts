import { Breaker } from './breaker.ts'
import type { CredentialMemory } from './credentials.ts'
import type { Endpoint } from './endpoint.ts'
import type { FaultKind } from './errors.ts'
import { ExtraCalls, FirstTokenTimes } from './hedging.ts'
import { Dialect } from './openai/dialect.ts'

/** Why an endpoint is left in peace, and until when, in milliseconds since 1970. */
export interface Rest {
  readonly kind: FaultKind
  readonly until: number
}

/** All that is known of one endpoint. */
export interface EndpointMemory extends CredentialMemory {
  readonly breaker: Breaker
  readonly dialect: Dialect
  readonly times: FirstTokenTimes
  /** What the endpoint itself asked for, or its keys made necessary. */
  cooldown: Rest | undefined
  /** What last counted against it. */
  trouble: FaultKind
  /** Until when operators were told that its breaker is open. */
  announced: number | undefined
}

interface Surroundings {
  readonly slowMs: number
  readonly firstTokenMs: number
  readonly now: () => number
  readonly random: () => number
}

/**
 * What has been learned of endpoints, by their ids. It is data of the deployment and not of a group,
 * and plain values only, so that all groups of a process share it.
 */
export class ModelMemory {
  readonly extraCalls = new ExtraCalls()
  readonly #endpoints = new Map<string, EndpointMemory>()

  of(endpoint: Endpoint, { slowMs, firstTokenMs, now, random }: Surroundings): EndpointMemory {
    const known = this.#endpoints.get(endpoint.id)
    if (known) return known
    const memory: EndpointMemory = {
      breaker: new Breaker({ slowMs, trialMs: firstTokenMs, now, random }),
      dialect: new Dialect(endpoint.profile),
      times: new FirstTokenTimes(),
      token: undefined,
      restUntil: new Map(),
      cooldown: undefined,
      trouble: 'network',
      announced: undefined,
    }
    this.#endpoints.set(endpoint.id, memory)
    return memory
  }
}
