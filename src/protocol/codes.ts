/** Why a frame was refused; the closed set of PROTOCOL §8. */
export const REFUSAL_CODES = [
  'bad_json',
  'bad_frame',
  'unknown_type',
  'too_big',
  'bad_id',
  'id_conflict',
  'too_fast',
  'forbidden',
  'muted',
  'not_found',
  'conflict',
  'blocked',
  'held',
  'busy',
  'model_unavailable',
  'quota',
  'storage_full',
  'internal',
] as const

export type RefusalCode = (typeof REFUSAL_CODES)[number]

/** An expected no, said to its author. It is a value, never thrown. */
export interface Refusal {
  readonly code: RefusalCode
  /** A sentence for people, in English; clients show their own words for `code`. */
  readonly message: string
  /** How long to wait before the same thing may succeed, in milliseconds. */
  readonly retryAfterMs?: number
}

/**
 * Close codes, grouped by what a client does next: 4000–4499 come back with backoff, 4500–4999 stay
 * away. The code is the verdict ([P22]); the reason text is for people.
 */
export const CLOSE = {
  goingAway: 4000,
  tooSlow: 4002,
  silent: 4003,
  expired: 4004,
  tooFast: 4005,
  serverError: 4009,
  badTicket: 4500,
  protocolViolation: 4501,
  removed: 4503,
  noSuchGroup: 4504,
  tooManyConnections: 4505,
  binaryData: 4506,
} as const

/** Whether a client that was closed with `code` should try again. */
export function isRetryable(code: number): boolean {
  return code < 4500
}
