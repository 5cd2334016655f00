import * as v from 'valibot'

import type { Identity } from '../group/api.ts'
import { toMemberId } from './ids.ts'
import { issuedClaims } from './issuer.ts'
import { algorithmOf, claimsOf, sessionKey, signClaims } from './keys.ts'
import { Locale } from './locale.ts'
import { Name } from './names.ts'
import type { Trust } from './trust.ts'

/** How long a sign-in lasts, in seconds: 30 days, so that a weekly guest stays who they are. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60

// Whatever a token says: connections, cookies and timers count with a year at most.
const LONGEST_MS = 366 * 24 * 60 * 60 * 1000

/** Someone who is signed in. */
export interface Person extends Identity {
  /** The language they read, where their token says it. */
  readonly locale?: string
  /** When their session ends, in milliseconds since 1970; at most 366 days from now. */
  readonly expiresAt: number
}

// A token may come from any back end that knows the secret, so it is read like anything from outside.
const Claims = v.object({
  sub: v.pipe(v.string(), v.nonEmpty(), v.maxLength(1_024)),
  name: Name,
  exp: v.number(),
  locale: v.fallback(v.optional(Locale), undefined),
})

// OpenID's word for the name that somebody chose; many issuers put nothing else into their tokens.
const Unnamed = v.looseObject({ name: v.optional(v.never()), preferred_username: Name })

export interface Session {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Signs a session token: the same JWT that PROTOCOL §2 lets any other back end sign. */
export async function signSession(
  person: Omit<Person, 'expiresAt'>,
  secret: string,
): Promise<Session> {
  const exp = Math.floor(Date.now() / 1000) + SESSION_SECONDS
  const { id, name, locale } = person
  const claims = { sub: id, name, exp, ...(locale !== undefined && { locale }) }
  return { token: await signClaims(claims, await sessionKey(secret)), expiresAt: exp * 1000 }
}

/** Who a session token speaks for; nobody, if it is forged, expired or not a session at all. */
export async function readSession(
  token: string,
  trust: Pick<Trust, 'secrets' | 'issuer'>,
): Promise<Person | undefined> {
  const parsed = v.safeParse(Claims, await sessionClaims(token, trust))
  if (!parsed.success) return undefined
  const { sub, name, exp, locale } = parsed.output
  return {
    id: await toMemberId(sub),
    name,
    expiresAt: Math.min(Math.floor(exp * 1000), Date.now() + LONGEST_MS),
    ...(locale !== undefined && { locale }),
  }
}

/** Whether a token that was accepted is the issuer's: only its own end may end it. */
export function isIssued(token: string): boolean {
  return algorithmOf(token) !== 'HS256'
}

// Secrets prove what claims to be signed with a secret, the issuer's keys what claims to be signed by
// it. Never the other way round: a public key is known to all, and would make a fine secret.
async function sessionClaims(
  token: string,
  { secrets, issuer }: Pick<Trust, 'secrets' | 'issuer'>,
): Promise<unknown> {
  switch (algorithmOf(token)) {
    case 'HS256':
      return claimsOf(token, await Promise.all(secrets.map(sessionKey)))
    case 'RS256':
    case 'ES256':
      return issuer && withName(await issuedClaims(token, issuer))
    default:
      return undefined
  }
}

function withName(claims: unknown): unknown {
  const parsed = v.safeParse(Unnamed, claims)
  return parsed.success ? { ...parsed.output, name: parsed.output.preferred_username } : claims
}
