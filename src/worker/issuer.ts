import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'
import type { JWTVerifyGetKey } from 'jose'

/** The algorithms of an issuer's tokens. None of them takes a secret, so no public key can be one. */
export const ISSUER_ALGORITHMS = ['RS256', 'ES256'] as const

// Who signs in waits for it, and so does whoever sends nonsense.
const LOAD_MS = 3_000

// How long a key that is not in the set is taken to exist nowhere.
const COOLDOWN_MS = 30_000

// Loads that one isolate begins in that time, whatever it is asked for and however they end. A fresh
// one may be asked by several people at once, and no two requests can share a load here.
const LOADS = 10

/** A sign-in service elsewhere, known by its public keys. */
export interface Issuer {
  readonly keys: JWTVerifyGetKey
  /** What its tokens must say in `iss` and `aud`, where it is said. */
  readonly name: string | undefined
  readonly audience: string | undefined
}

/** The issuer's keys could not be had, so nobody knows whether a token of it is good. */
export class IssuerError extends Error {
  override readonly name = 'IssuerError'
  /** It passes, as far as anyone can tell: the door asks to come back. */
  readonly retryable = true
}

// Keys are public, and of the deployment: all its tenants share them. https://github.com/panva/jose
const known = new Map<string, JWTVerifyGetKey>()

/** The keys behind an address, loaded when first asked for and kept by the isolate. */
export function keysAt(url: string): JWTVerifyGetKey {
  const keys = known.get(url) ?? remoteKeys(url)
  known.set(url, keys)
  return keys
}

/** Where an issuer's keys may be: anyone between us and it could put their own in their place. */
export function isKeyAddress(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return false
  const isLoopback = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)
}

/** What a token of the issuer says, if it is one and still good. Fails where the keys are not to be had. */
export async function issuedClaims(token: string, issuer: Issuer): Promise<unknown> {
  const { keys, name, audience } = issuer
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [...ISSUER_ALGORITHMS],
      requiredClaims: ['exp'],
      ...(name !== undefined && { issuer: name }),
      ...(audience !== undefined && { audience }),
    })
    return payload
  } catch (fault) {
    if (fault instanceof IssuerError) throw fault
    return undefined
  }
}

function remoteKeys(url: string): JWTVerifyGetKey {
  const begun: number[] = []
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: LOAD_MS,
    cooldownDuration: COOLDOWN_MS,
    async [customFetch](address, init) {
      const now = Date.now()
      while ((begun[0] ?? now) <= now - COOLDOWN_MS) begun.shift()
      if (begun.length >= LOADS) throw new IssuerError('the keys were asked for often enough')
      begun.push(now)
      return fetch(address, init)
    },
  })
  return async function keyOf(header, token) {
    try {
      return await remote(header, token)
    } catch (cause) {
      if (isAboutToken(cause)) throw cause
      throw new IssuerError('the keys of JWKS_URL could not be loaded', { cause })
    }
  }
}

// The set was there, and holds no key that could prove this token.
function isAboutToken(fault: unknown): boolean {
  return (
    fault instanceof errors.JWKSNoMatchingKey || fault instanceof errors.JWKSMultipleMatchingKeys
  )
}
