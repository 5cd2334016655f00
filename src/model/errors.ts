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

/** Whether a model call failed on the endpoint's side, rather than by a bug or by being stopped. */
export function isModelFault(fault: unknown): fault is ModelRefusedError | ModelSilentError {
  return fault instanceof ModelRefusedError || fault instanceof ModelSilentError
}
