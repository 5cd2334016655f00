import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

import { SESSION_SECONDS } from './session.ts'

const NAME = 'parley'

/** The session that a browser carries for its page, which cannot read it. */
export function sessionCookieOf(c: Context): string | undefined {
  return isHttps(c) ? getCookie(c, NAME, 'host') : getCookie(c, NAME)
}

/** Hands a session to the browser; scripts never see it and other sites cannot send it along. */
export function setSessionCookie(c: Context, token: string): void {
  setCookie(c, NAME, token, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: SESSION_SECONDS,
    // Browsers keep `__Host-` cookies for https only, and loopback has none.
    ...(isHttps(c) && { secure: true, prefix: 'host' }),
  })
}

function isHttps(c: Context): boolean {
  return new URL(c.req.url).protocol === 'https:'
}
