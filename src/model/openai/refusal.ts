import { ModelRefusedError, type RefusedKind } from '../errors.ts'

/** Parameters that some endpoints do not know; a request works without them. */
export const OPTIONAL_PARAMETERS = ['max_tokens', 'stream_options'] as const
export type OptionalParameter = (typeof OPTIONAL_PARAMETERS)[number]

const CONTEXT =
  /context.{0,3}(?:length|window|size)|maximum context|prompt is too long|too many tokens/i
const FILTER = /content.?(?:filter|policy|management)|safety|moderation/i

/** What a status outside 200–299 means. Of the body only the kind of refusal is kept. */
export function refusalOf(status: number, body: string): ModelRefusedError {
  return new ModelRefusedError(kindOf(status, body), { status })
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

/** The optional parameter that a refusal complains about. */
export function unsupportedParameter(status: number, body: string): OptionalParameter | undefined {
  if (status !== 400 && status !== 422) return undefined
  return OPTIONAL_PARAMETERS.find((name) => new RegExp(`\\b${name}\\b`).test(body))
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
