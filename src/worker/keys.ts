import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import type { JWTPayload } from 'jose'

// A shorter secret could be guessed from a single token.
const SECRET_CHARS = 32

// No honest token is longer; a longer one is not worth hashing.
const TOKEN_CHARS = 4_096

const HMAC = { name: 'HMAC', hash: 'SHA-256' }
const USAGES = ['sign', 'verify']

/** Whether a deployment has a secret that is worth signing with. */
export function isSecret(secret: string | undefined): secret is string {
  return secret !== undefined && secret.length >= SECRET_CHARS
}

/** Signs sessions: the secret's own bytes, so that other back ends can sign them too. */
export async function sessionKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytesOf(secret), HMAC, false, USAGES)
}

/**
 * Signs tickets: derived from the secret, so that neither a session nor a token of another back end
 * can ever pass for a ticket, nor a ticket for them.
 */
export async function ticketKey(secret: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', bytesOf(secret), 'HKDF', false, ['deriveKey'])
  const derivation = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(0),
    info: bytesOf('parley ticket 1'),
  }
  return crypto.subtle.deriveKey(derivation, root, { ...HMAC, length: 256 }, false, USAGES)
}

/** What a token says that it is signed with. It decides which keys may prove it, and nothing else. */
export function algorithmOf(token: string): string | undefined {
  if (token.length > TOKEN_CHARS) return undefined
  try {
    return decodeProtectedHeader(token).alg
  } catch {
    return undefined
  }
}

/** Writes a token. */
export async function signClaims(claims: JWTPayload, key: CryptoKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key)
}

/** What a token says that one of `keys` signed and that is still good; of any other, nothing. */
export async function claimsOf(
  token: string,
  keys: readonly CryptoKey[],
  audience?: string,
): Promise<unknown> {
  if (token.length > TOKEN_CHARS) return undefined
  // `iat` opens no door, and another back end's clock may be a second ahead of ours.
  const expected = {
    algorithms: ['HS256'],
    requiredClaims: ['exp'],
    ...(audience !== undefined && { audience }),
  }
  for (const key of keys) {
    try {
      return (await jwtVerify(token, key, expected)).payload
    } catch {
      // Perhaps the other key signed it.
    }
  }
  return undefined
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
