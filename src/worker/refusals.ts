import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

import type { Outcome } from '../group/api.ts'
import type { MetricName } from '../ops/metrics.ts'
import type { Refusal, RefusalCode } from '../protocol/codes.ts'
import { count } from './counting.ts'

/** What only HTTP can say no to, beside the codes that frames share with it. */
type DoorCode =
  | 'bad_request'
  | 'unauthorized'
  | 'method_not_allowed'
  | 'upgrade_required'
  | 'not_configured'

/** An expected no at the front door. */
export interface DoorRefusal extends Omit<Refusal, 'code'> {
  readonly code: RefusalCode | DoorCode
  /** What it is counted as, where somebody may be trying something. */
  readonly counted?: MetricName
}

// Who is told to slow down, but not for how long, waits this long.
const DEFAULT_RETRY_MS = 1_000

/** Says no: the one shape that every error has on its way out, with a `ref` to quote in a report. */
export function refuse(c: Context, refusal: DoorRefusal, ref = newRef()): Response {
  if (refusal.counted !== undefined) count(refusal.counted)
  const status = statusOf(refusal.code)
  const mayRetry = status === 429 || status === 503 || refusal.retryAfterMs !== undefined
  const retryAfterMs = mayRetry ? (refusal.retryAfterMs ?? DEFAULT_RETRY_MS) : undefined
  c.header('cache-control', 'no-store')
  if (retryAfterMs !== undefined) c.header('retry-after', String(Math.ceil(retryAfterMs / 1000)))
  const { code, message } = refusal
  const error = { code, message, ref, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  return c.json({ error }, status)
}

/** Passes on what a group said: its value in the words of the protocol, or its refusal. */
export function answer<T>(
  c: Context,
  outcome: Outcome<T>,
  present: (value: T) => object,
  status: ContentfulStatusCode = 200,
): Response {
  return outcome.ok ? c.json(present(outcome.value), status) : refuse(c, outcome.refusal)
}

/** A short random name for one failure, the same in the answer and in the log. */
export function newRef(): string {
  return crypto.randomUUID().slice(0, 8)
}

/** The HTTP status of a refusal. */
export function statusOf(code: DoorRefusal['code']): ContentfulStatusCode {
  switch (code) {
    case 'unauthorized':
      return 401
    case 'forbidden':
    case 'muted':
      return 403
    case 'not_found':
      return 404
    case 'method_not_allowed':
      return 405
    case 'conflict':
    case 'id_conflict':
      return 409
    case 'too_big':
      return 413
    case 'upgrade_required':
      return 426
    case 'too_fast':
    case 'quota':
      return 429
    case 'internal':
      return 500
    case 'busy':
    case 'model_unavailable':
    case 'not_configured':
      return 503
    case 'storage_full':
      return 507
    case 'bad_request':
    case 'bad_json':
    case 'bad_frame':
    case 'unknown_type':
    case 'bad_id':
    case 'blocked':
    case 'held':
      return 400
  }
}
