import type { FaultKind, ModelRefusedError, ModelSilentError } from './errors.ts'

/** How a call to a model endpoint went: all that is kept of it. */
export type ModelOutcome =
  | { readonly kind: 'ok' }
  | { readonly kind: FaultKind; readonly status?: number }

/** What remains of a fault once it is counted. */
export function outcomeOf(fault: ModelRefusedError | ModelSilentError): ModelOutcome {
  const status = 'status' in fault ? fault.status : undefined
  return { kind: fault.kind, ...(status !== undefined && { status }) }
}
