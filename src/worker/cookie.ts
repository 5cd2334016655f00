import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

const NAME = 'parley'

/** The longest token that a browser keeps: with name and attributes a cookie has 4,096 bytes. */
export const COOKIE_CHARS = 3_900

/** The session that a browser carries for its page, which cannot read it. */
export function sessionCookieOf(c: Context): string | undefined {
  return isHttps(c) ? getCookie(c, NAME, 'host') : getCookie(c, NAME)
}

/** Hands a session to the browser; scripts never see it and other sites cannot send it along. */
export function setSessionCookie(c: Context, token: string, seconds: number): void {
  setCookie(c, NAME, token, { ...attributesAt(c), maxAge: seconds })
}

/** Has the browser forget the session. */
export function clearSessionCookie(c: Context): void {
  deleteCookie(c, NAME, attributesAt(c))
}

function attributesAt(c: Context) {
  return {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    // Browsers keep `__Host-` cookies for https only, and loopback has none.
    ...(isHttps(c) && { secure: true, prefix: 'host' as const }),
  } as const
}

function isHttps(c: Context): boolean {
  return new URL(c.req.url).protocol === 'https:'
}
