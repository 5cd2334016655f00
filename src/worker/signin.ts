import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import * as v from 'valibot'

import { limitAddress } from './address.ts'
import { readBody, saysJson } from './body.ts'
import { sessionCookieOf, setSessionCookie } from './cookie.ts'
import type { Door } from './door.ts'
import { newMemberId } from './ids.ts'
import { Locale, localeOf } from './locale.ts'
import { Name } from './names.ts'
import { allowsOrigin } from './origin.ts'
import { refuse } from './refusals.ts'
import type { DoorRefusal } from './refusals.ts'
import { readSession, signSession } from './session.ts'
import type { Person } from './session.ts'

const BEARER = /^Bearer +(\S+)$/i
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

const NOBODY: DoorRefusal = { code: 'unauthorized', message: 'sign in first: POST /api/session' }
const FOREIGN: DoorRefusal = { code: 'forbidden', message: 'pages of this origin may not do that' }

const NewSession = v.object({ name: Name, locale: v.exactOptional(Locale) })

/** Opens a route to people who are signed in only, and hands it the person. */
export const signedIn: MiddlewareHandler<Door> = async function signedIn(c, next) {
  const { person, byCookie } = await personOf(c)
  if (person === undefined) return refuse(c, NOBODY)
  if (byCookie && mayBeForged(c)) return refuse(c, FOREIGN)
  c.set('person', person)
  return next()
}

/** Who am I, and who shall I be: `/api/session` and `/api/me`. */
export const signIn = new Hono<Door>()
  .post('/session', limitAddress, async (c) => {
    if ((c.env.SIGN_IN ?? 'guest') !== 'guest') {
      return refuse(c, { code: 'forbidden', message: 'sign in with a token of your own back end' })
    }
    const { person: before, byCookie } = await personOf(c)
    if (before !== undefined && byCookie && mayBeForged(c)) return refuse(c, FOREIGN)
    const body = await readBody(c, NewSession)
    if (!body.ok) return refuse(c, body.refusal)
    const { name, locale = localeOf(c, before?.locale) } = body.value
    const person = { id: before?.id ?? newMemberId(), name, locale }
    const { token, expiresAt } = await signSession(person, c.var.secret)
    setSessionCookie(c, token)
    return c.json({ token, expiresAt, member: { id: person.id, name } }, 201)
  })
  .get('/me', signedIn, (c) => {
    const { id, name, locale, expiresAt } = c.var.person
    return c.json({ member: { id, name, locale: localeOf(c, locale) }, expiresAt })
  })

// A token that was sent on purpose wins over the cookie that comes along by itself, good or bad.
async function personOf(
  c: Context<Door>,
): Promise<{ readonly person: Person | undefined; readonly byCookie: boolean }> {
  const authorization = c.req.header('authorization')
  const token = authorization === undefined ? sessionCookieOf(c) : BEARER.exec(authorization)?.[1]
  const person = token === undefined ? undefined : await readSession(token, c.var.secret)
  return { person, byCookie: authorization === undefined }
}

// SameSite=Strict keeps the cookie from other sites, but not from a neighbor on the same site.
function mayBeForged(c: Context<Door>): boolean {
  if (SAFE_METHODS.has(c.req.method)) return false
  const origin = c.req.header('origin')
  if (origin !== undefined) return !allowsOrigin(c, origin)
  const site = c.req.header('sec-fetch-site')
  return site === undefined ? !saysJson(c) : site !== 'same-origin' && site !== 'none'
}
