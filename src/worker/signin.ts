import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import * as v from 'valibot'

import { limitAddress } from './address.ts'
import { readBody, saysJson } from './body.ts'
import { clearSessionCookie, COOKIE_CHARS, sessionCookieOf, setSessionCookie } from './cookie.ts'
import { count } from './counting.ts'
import type { Door } from './door.ts'
import { newMemberId } from './ids.ts'
import { Locale, localeOf } from './locale.ts'
import { Name } from './names.ts'
import { allowsOrigin } from './origin.ts'
import { refuse } from './refusals.ts'
import type { DoorRefusal } from './refusals.ts'
import { isIssued, readSession, SESSION_SECONDS, signSession } from './session.ts'
import type { Person } from './session.ts'

const BEARER = /^Bearer +(\S+)$/i
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

const NOBODY: DoorRefusal = { code: 'unauthorized', message: 'sign in first: POST /api/session' }
const BAD_TOKEN: DoorRefusal = { ...NOBODY, counted: 'refused_sign_ins' }
const ELSEWHERE: DoorRefusal = {
  code: 'forbidden',
  message: 'sign in with a token of your own back end',
  counted: 'refused_sign_ins',
}
const FOREIGN: DoorRefusal = {
  code: 'forbidden',
  message: 'pages of this origin may not do that',
  counted: 'refused_origins',
}

const NewSession = v.object({ name: Name, locale: v.exactOptional(Locale) })

/** Opens a route to people who are signed in only, and hands it the person. */
export const signedIn: MiddlewareHandler<Door> = async function signedIn(c, next) {
  const { person, token, byCookie } = await personOf(c)
  if (person === undefined) return refuse(c, token === '' ? NOBODY : BAD_TOKEN)
  if (byCookie && mayBeForged(c)) return refuse(c, FOREIGN)
  c.set('person', person)
  return next()
}

/** Who am I, and who shall I be: `/api/session` and `/api/me`. */
export const signIn = new Hono<Door>()
  .post('/session', limitAddress, async (c) => {
    const { person: before, token: shown, byCookie } = await personOf(c)
    // Signing somebody in as somebody else is a forgery as well. A page elsewhere that sends an
    // Authorization header has to ask first, and CORS tells it no; see `shareWithAllowed`.
    if (byCookie && isForged(c, before)) return refuse(c, FOREIGN)
    const isGuestHouse = (c.env.SIGN_IN ?? 'guest') === 'guest'
    // Traded for one of ours, a token of the issuer would outlive what the issuer said.
    if (!isGuestHouse || (before !== undefined && isIssued(shown))) {
      if (byCookie) return refuse(c, ELSEWHERE)
      return before === undefined ? refuse(c, BAD_TOKEN) : keep(c, before, shown)
    }
    const body = await readBody(c, NewSession)
    if (!body.ok) return refuse(c, body.refusal)
    const { name, locale = localeOf(c, before?.locale) } = body.value
    const person = { id: before?.id ?? newMemberId(), name, locale }
    const { token, expiresAt } = await signSession(person, c.var.trust.secret)
    setSessionCookie(c, token, SESSION_SECONDS)
    count('sign_ins')
    return c.json({ token, expiresAt, member: { id: person.id, name } }, 201)
  })
  .delete('/session', (c) => {
    // Whoever leaves need not be known; the issuer may even be out of reach.
    if (isForged(c, sessionCookieOf(c))) return refuse(c, FOREIGN)
    clearSessionCookie(c)
    return c.json({ signedOut: true })
  })
  .get('/me', signedIn, (c) => {
    const { id, name, locale, expiresAt } = c.var.person
    return c.json({ member: { id, name, locale: localeOf(c, locale) }, expiresAt })
  })

// A token that was sent on purpose wins over the cookie that comes along by itself, good or bad.
async function personOf(c: Context<Door>): Promise<{
  readonly person: Person | undefined
  readonly token: string
  readonly byCookie: boolean
}> {
  const authorization = c.req.header('authorization')
  const byCookie = authorization === undefined
  const token = (byCookie ? sessionCookieOf(c) : BEARER.exec(authorization)?.[1]) ?? ''
  const person = token === '' ? undefined : await readSession(token, c.var.trust)
  return { person, token, byCookie }
}

// Hands the browser a token that was signed elsewhere, until that token ends.
function keep(c: Context<Door>, person: Person, token: string): Response {
  if (token.length > COOKIE_CHARS) {
    const message = `a browser keeps tokens of at most ${COOKIE_CHARS} characters`
    return refuse(c, { code: 'too_big', message })
  }
  const { id, name, expiresAt } = person
  setSessionCookie(c, token, Math.floor((expiresAt - Date.now()) / 1000))
  count('sign_ins')
  return c.json({ token, expiresAt, member: { id, name } }, 201)
}

// Who has no session yet may come without any sign of where from: there is nothing to misuse.
function isForged(c: Context<Door>, session: Person | string | undefined): boolean {
  return session === undefined ? isFromElsewhere(c) === true : mayBeForged(c)
}

// SameSite=Strict keeps the cookie from other sites, but not from a neighbor on the same site.
function mayBeForged(c: Context<Door>): boolean {
  if (SAFE_METHODS.has(c.req.method)) return false
  return isFromElsewhere(c) ?? !saysJson(c)
}

// Whether the browser says that a page elsewhere sends this; nothing, where it says nothing.
function isFromElsewhere(c: Context<Door>): boolean | undefined {
  const origin = c.req.header('origin')
  if (origin !== undefined) return !allowsOrigin(c, origin)
  const site = c.req.header('sec-fetch-site')
  return site === undefined ? undefined : site !== 'same-origin' && site !== 'none'
}
