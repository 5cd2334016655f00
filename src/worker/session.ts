import { sign } from 'hono/jwt'
import * as v from 'valibot'

import type { Identity } from '../group/api.ts'
import { toMemberId } from './ids.ts'
import { claimsOf, sessionKey } from './keys.ts'
import { Locale } from './locale.ts'
import { Name } from './names.ts'

/** How long a sign-in lasts, in seconds: 30 days, so that a weekly guest stays who they are. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60

/** Someone who is signed in. */
export interface Person extends Identity {
  /** The language they read, where their token says it. */
  readonly locale?: string
  /** When their session ends, in milliseconds since 1970. */
  readonly expiresAt: number
}

// A token may come from any back end that knows the secret, so it is read like anything from outside.
const Claims = v.object({
  sub: v.pipe(v.string(), v.nonEmpty(), v.maxLength(1_024)),
  name: Name,
  exp: v.number(),
  locale: v.fallback(v.optional(Locale), undefined),
})

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
  return { token: await sign(claims, await sessionKey(secret), 'HS256'), expiresAt: exp * 1000 }
}

/** Who a session token speaks for; nobody, if it is forged, expired or not a session at all. */
export async function readSession(token: string, secret: string): Promise<Person | undefined> {
  const parsed = v.safeParse(Claims, await claimsOf(token, await sessionKey(secret)))
  if (!parsed.success) return undefined
  const { sub, name, exp, locale } = parsed.output
  return {
    id: await toMemberId(sub),
    name,
    expiresAt: exp * 1000,
    ...(locale !== undefined && { locale }),
  }
}
