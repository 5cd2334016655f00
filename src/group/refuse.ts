import type { Refusal, RefusalCode } from '../protocol/codes.ts'

/** A refusal as a value. */
export function refuse(code: RefusalCode, message: string, retryAfterMs?: number): Refusal {
  return { code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
