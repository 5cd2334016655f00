import { createDurable, proxyDurable } from 'itty-durable'

import type { ModelOutcome } from './outcome.ts'

/** How an endpoint's calls went, counted since it was first used. */
export interface ModelOutcomes {
  readonly ok: number
  /** Failed calls by kind; kinds that never happened are not in it. */
  readonly failed: Readonly<Record<string, number>>
  /** How the newest call went, and since when, in milliseconds since 1970; absent before the first. */
  readonly last?: { readonly kind: string; readonly since: number }
}

const CountedDurable = createDurable({ autoPersist: true, autoReturn: false })

/**
 * Counts the outcomes of one model endpoint for all groups. itty-durable keeps every field of this
 * class, loads them on the first call and writes them all after each; so methods are synchronous
 * (an `await` inside would lose updates) and it is only called from server code, through `modelHealth`.
 */
export class ModelHealth extends CountedDurable {
  ok = 0
  failed: Record<string, number> = {}
  lastKind = ''
  lastSince = 0

  constructor(state: DurableObjectState) {
    // The library hangs its own things and every binding onto what it is given, so not the real state.
    super({ storage: state.storage }, {})
  }

  count(kind: ModelOutcome['kind'], at: number): void {
    if (kind === 'ok') this.ok += 1
    else this.failed[kind] = (this.failed[kind] ?? 0) + 1
    if (kind === this.lastKind) return
    this.lastKind = kind
    this.lastSince = at
  }

  outcomes(): ModelOutcomes {
    const { ok, failed, lastKind, lastSince } = this
    return { ok, failed, ...(lastKind !== '' && { last: { kind: lastKind, since: lastSince } }) }
  }
}

/** The health of one endpoint, as others see it. */
export interface ModelHealthClient {
  /** Counts an outcome. Not to be awaited on the way of a message. */
  report(outcome: ModelOutcome): Promise<void>
  outcomes(): Promise<ModelOutcomes>
}

/** Reaches the counters of an endpoint. `now` gives the time, in milliseconds since 1970. */
export function modelHealth(
  namespace: DurableObjectNamespace,
  endpointId: string,
  now: () => number = Date.now,
): ModelHealthClient {
  // The name travels in a header, so it must be ASCII; and 64 hex digits would be taken for an id.
  const name = `endpoint:${encodeURIComponent(endpointId)}`
  const call = callerOf(proxyDurable(namespace, { parse: true }).get(name))
  return {
    async report({ kind }) {
      await call('count', kind, now())
    },
    async outcomes() {
      return parseOutcomes(await call('outcomes'))
    },
  }
}

type Call = (
  method: 'count' | 'outcomes',
  ...args: readonly (string | number)[]
) => Promise<unknown>

// The proxy turns every property into a remote method, `then` too: awaiting it would hang for ever.
function callerOf(proxy: unknown): Call {
  return async (method, ...args) => {
    const remote: unknown = isFields(proxy) ? proxy[method] : undefined
    return typeof remote === 'function' ? await remote(...args) : undefined
  }
}

function parseOutcomes(value: unknown): ModelOutcomes {
  if (!isFields(value) || typeof value['ok'] !== 'number' || !isFields(value['failed'])) {
    throw new TypeError('ModelHealth answered without counts; is it bound to its own class?')
  }
  const failed = Object.entries(value['failed']).map(([kind, count]) => [kind, Number(count)])
  const last = value['last']
  return {
    ok: value['ok'],
    failed: Object.fromEntries(failed),
    ...(isFields(last) && { last: { kind: String(last['kind']), since: Number(last['since']) } }),
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
