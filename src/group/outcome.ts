import type { Refusal, RefusalCode } from '../protocol/codes.ts'
import type { Outcome } from './api.ts'

/** What a call was asked for. */
export function yes<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

/** An expected no. */
export function no(code: RefusalCode, message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message } }
}
