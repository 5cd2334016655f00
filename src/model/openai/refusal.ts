import { ModelRefusedError, type RefusedKind } from '../errors.ts'

const CONTEXT =
  /context.{0,3}(?:length|window|size)|maximum context|prompt is too long|too many tokens/i
const FILTER = /content.?(?:filter|policy|management)|safety|moderation/i

/** What a status outside 200–299 means. Of the body only the kind of refusal is kept. */
export function refusalOf(status: number, body: string, retryAfterMs?: number): ModelRefusedError {
  return new ModelRefusedError(kindOf(status, body), { status, retryAfterMs })
}

/** How long `Retry-After` asks to wait, which is a number of seconds or a date. */
export function retryAfterMsOf(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? ''
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1_000
  // Only a real date: Date.parse makes one of nearly anything.
  const at = /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** What an error inside a stream means; its status, where it names one, stands in `code`. */
export function refusalInStream(error: unknown): ModelRefusedError {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  const status =
    Number.isInteger(code) && Number(code) >= 400 && Number(code) < 600 ? Number(code) : undefined
  // An endpoint that took the request and then failed has failed by itself, unless it says otherwise.
  return new ModelRefusedError(kindOf(status ?? 500, JSON.stringify(error) ?? ''), { status })
}

function kindOf(status: number, body: string): RefusedKind {
  // 402 is an account without money: like a bad key, only the operator can help.
  if (status === 401 || status === 402 || status === 403) return 'auth'
  if (status === 429) return 'rate'
  if (status === 413 || CONTEXT.test(body)) return 'context'
  if (FILTER.test(body)) return 'filter'
  if (status === 408 || status >= 500) return 'server'
  return 'other'
}
