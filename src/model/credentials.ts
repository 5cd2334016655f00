import type { Access } from './endpoint.ts'
import { OAuthToken, type TokenMemory } from './oauth.ts'
import type { Fetch } from './openai.ts'
import type { StartTimer } from './timers.ts'

/** How long a key that was not taken is left alone. */
export const REJECTED_REST_MS = 60_000

/** What opens an endpoint, call by call. */
export interface Credentials {
  /** What the next call carries as its bearer token; undefined where the endpoint wants none. */
  token(signal: AbortSignal): Promise<string | undefined>
  /** The endpoint did not take a token. Whether another one is worth a second try. */
  reject(token: string | undefined): boolean
}

/** What is known of the credentials of one endpoint, whichever group found it out. */
export interface CredentialMemory extends TokenMemory {
  /** When a key may be tried again, by its place in the list, in milliseconds since 1970. */
  readonly restUntil: Map<number, number>
}

/** What credentials need from outside. */
export interface CredentialParts {
  readonly memory: CredentialMemory
  readonly fetch: Fetch
  readonly startTimer: StartTimer
  readonly now: () => number
}

/** The credentials that an endpoint's settings name. */
export function credentialsFor(access: Access, parts: CredentialParts): Credentials {
  switch (access.kind) {
    case 'none':
      return { token: async () => undefined, reject: () => false }
    case 'keys':
      return new KeyList(access.keys, parts)
    case 'oauth':
      return new OAuthToken(access.client, parts)
  }
}

/** Keys in order: the first that does not rest is used, so that one can be replaced without a gap. */
class KeyList implements Credentials {
  readonly #keys: readonly string[]
  readonly #parts: CredentialParts

  constructor(keys: readonly string[], parts: CredentialParts) {
    this.#keys = keys
    this.#parts = parts
  }

  async token(): Promise<string | undefined> {
    return this.#keys.find((_, at) => !this.#rests(at)) ?? this.#keys[0]
  }

  reject(token: string | undefined): boolean {
    const { memory, now } = this.#parts
    for (const [at, key] of this.#keys.entries()) {
      if (key === token) memory.restUntil.set(at, now() + REJECTED_REST_MS)
    }
    return this.#keys.some((_, at) => !this.#rests(at))
  }

  #rests(at: number): boolean {
    return (this.#parts.memory.restUntil.get(at) ?? 0) > this.#parts.now()
  }
}
