/** What an endpoint's no is about. */
export type RefusedKind = 'auth' | 'rate' | 'context' | 'server' | 'filter' | 'other'

/** What an endpoint failed to do: be there, begin, go on, finish, end properly, or make sense. */
export type SilentKind = 'network' | 'first_token' | 'idle' | 'total' | 'truncated' | 'protocol'

export type FaultKind = RefusedKind | SilentKind

/** The model endpoint answered no. What it said stays outside: only a kind and numbers are kept. */
export class ModelRefusedError extends Error {
  override readonly name = 'ModelRefusedError'
  readonly kind: RefusedKind
  readonly status: number | undefined
  /** How long the endpoint wants to be left in peace, in milliseconds, where it said so. */
  readonly retryAfterMs: number | undefined

  constructor(
    kind: RefusedKind,
    options: {
      status?: number | undefined
      retryAfterMs?: number | undefined
      cause?: unknown
    } = {},
  ) {
    const status = options.status === undefined ? '' : `, status ${options.status}`
    super(`the model endpoint refused (${kind}${status})`, { cause: options.cause })
    this.kind = kind
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
  }
}

/** The model endpoint did not answer, or not to the end, or not with a completion. */
export class ModelSilentError extends Error {
  override readonly name = 'ModelSilentError'
  readonly kind: SilentKind

  constructor(kind: SilentKind, options: { cause?: unknown } = {}) {
    super(`the model endpoint did not answer properly (${kind})`, { cause: options.cause })
    this.kind = kind
  }
}

/** No endpoint may be called now, because of what happened before. */
export class ModelRestingError extends Error {
  override readonly name = 'ModelRestingError'
  /** Why the endpoint rests that may be called first. */
  readonly kind: FaultKind
  /** When that is, in milliseconds since 1970. */
  readonly retryAt: number

  constructor(kind: FaultKind, retryAt: number) {
    super(`every model endpoint rests (${kind})`)
    this.kind = kind
    this.retryAt = retryAt
  }
}

/** How a call failed on the endpoint's side. */
export type ModelFault = ModelRefusedError | ModelSilentError

/** Whether a model call failed on the endpoint's side, rather than by a bug or by being stopped. */
export function isModelFault(fault: unknown): fault is ModelFault {
  return fault instanceof ModelRefusedError || fault instanceof ModelSilentError
}

/** What a failure means for the endpoint and for the question. */
interface Consequence {
  /** Whether another endpoint may do better. */
  readonly tryNext: boolean
  /** What happens to the endpoint: a failure for its breaker, a rest at once, or nothing. */
  readonly endpoint: 'failure' | 'rest' | 'none'
}

/** What each kind of failure leads to. A question that one endpoint declines is asked of no other. */
export function consequenceOf(kind: FaultKind): Consequence {
  switch (kind) {
    case 'network':
    case 'server':
    case 'first_token':
    case 'idle':
    case 'total':
    case 'truncated':
    case 'protocol':
      return { tryNext: true, endpoint: 'failure' }
    case 'rate':
    case 'auth':
      return { tryNext: true, endpoint: 'rest' }
    case 'context':
    case 'filter':
    case 'other':
      return { tryNext: false, endpoint: 'none' }
  }
}
