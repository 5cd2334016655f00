import * as v from 'valibot'

import type { OAuthClient } from './endpoint.ts'
import { isModelFault, ModelRefusedError, ModelSilentError } from './errors.ts'
import type { Fetch } from './openai.ts'
import { overNetwork, readText } from './openai/body.ts'
import type { StartTimer } from './timers.ts'

/** A token and its life, in milliseconds since 1970. */
interface Token {
  readonly value: string
  readonly refreshAt: number
  readonly expiresAt: number
}

/** Where the token of an endpoint is kept; plain data, so that all groups of a process may use it. */
export interface TokenMemory {
  token: Token | undefined
}

interface OAuthParts {
  readonly memory: TokenMemory
  readonly fetch: Fetch
  readonly startTimer: StartTimer
  readonly now: () => number
}

/** A new token is fetched after this share of the old one's life, so that none expires on its way. */
const REFRESH_AFTER = 0.8

/** RFC 6749 only recommends `expires_in`; without it, a token is trusted for five minutes. */
const DEFAULT_LIFE_S = 300

/** Asking for a token may take as long as nobody would wait for an answer. */
const TOKEN_TIMEOUT_MS = 10_000

const TOKEN_CHARS = 16 * 1024

const TokenResponse = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
  token_type: v.pipe(v.string(), v.regex(/^bearer$/i)),
  expires_in: v.optional(v.pipe(v.unknown(), v.transform(Number), v.minValue(1))),
})

/** Tokens by client credentials (RFC 6749 §4.4). Of many calls at once, one asks for a new token. */
export class OAuthToken {
  readonly #client: OAuthClient
  readonly #parts: OAuthParts
  // Not in the memory: a promise of one object must not be awaited by another, which may outlive it.
  #refresh: Promise<string> | undefined

  constructor(client: OAuthClient, parts: OAuthParts) {
    this.#client = client
    this.#parts = parts
  }

  async token(signal: AbortSignal): Promise<string> {
    const now = this.#parts.now()
    const { token } = this.#parts.memory
    if (token && now < token.refreshAt) return token.value
    this.#refresh ??= this.#fetchToken().finally(() => {
      this.#refresh = undefined
    })
    try {
      return await unlessAborted(this.#refresh, signal)
    } catch (fault) {
      // The old one still opens the endpoint while its issuer is away.
      if (isModelFault(fault) && token && now < token.expiresAt) return token.value
      throw fault
    }
  }

  /** Forgets a token that was not taken before its time; a new one may be. */
  reject(token: string | undefined): boolean {
    const { memory } = this.#parts
    if (memory.token?.value === token) memory.token = undefined
    return true
  }

  async #fetchToken(): Promise<string> {
    const { memory, now, startTimer } = this.#parts
    const controller = new AbortController()
    const clear = startTimer(TOKEN_TIMEOUT_MS, () => controller.abort())
    try {
      const askedAt = now()
      const response = await this.#post(controller.signal)
      const body = await readText(response.body, TOKEN_CHARS)
      if (!response.ok) throw refusalOf(response.status)
      const parsed = v.safeParse(TokenResponse, jsonOf(body))
      if (!parsed.success) throw new ModelSilentError('protocol')
      const { access_token: value, expires_in: lifeS = DEFAULT_LIFE_S } = parsed.output
      const lifeMs = lifeS * 1_000
      const refreshAt = askedAt + lifeMs * REFRESH_AFTER
      memory.token = { value, refreshAt, expiresAt: askedAt + lifeMs }
      return value
    } finally {
      clear()
      controller.abort()
    }
  }

  #post(signal: AbortSignal): Promise<Response> {
    const { tokenUrl, clientId, clientSecret, scope } = this.#client
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) })
    // §2.3.1: both halves are form-encoded before they are joined.
    const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`
    const request = this.#parts.fetch(tokenUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        authorization: `Basic ${btoa(pair)}`,
      },
      body: form.toString(),
      // A redirect would carry the secret to an address that nobody configured.
      redirect: 'manual',
      signal,
    })
    return overNetwork(request)
  }
}

// Whatever else an issuer refuses with (a client it does not know comes with 400), keys are the cause.
function refusalOf(status: number): ModelRefusedError | ModelSilentError {
  if (status < 400) return new ModelSilentError('protocol')
  const kind = status === 429 ? 'rate' : status >= 500 ? 'server' : 'auth'
  return new ModelRefusedError(kind, { status })
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// The work goes on for others who wait for it.
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    const settle = (): void => signal.removeEventListener('abort', onAbort)
    work.then(resolve, reject).finally(settle)
  })
}
