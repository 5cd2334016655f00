import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'

import { BODY_BYTES } from './body.ts'
import type { Door } from './door.ts'
import { isSecret } from './keys.ts'
import { allowsOrigin } from './origin.ts'
import { refuse } from './refusals.ts'

// How long a browser may remember what another origin is allowed, in seconds.
const CORS_SECONDS = 600

/** Serves nothing without a secret: sessions that anybody could sign are worse than none. */
export const requireSecret: MiddlewareHandler<Door> = async function requireSecret(c, next) {
  const secret = c.env.SESSION_SECRET
  if (!isSecret(secret)) {
    const message = 'set the secret SESSION_SECRET to at least 32 random characters'
    return refuse(c, { code: 'not_configured', message })
  }
  c.set('secret', secret)
  return next()
}

/** Says on every answer what browsers must not do with it. */
export const hardenHeaders: MiddlewareHandler<Door> = async function hardenHeaders(c, next) {
  await next()
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
  if (c.req.path.startsWith('/api/')) c.header('cache-control', 'no-store')
}

/** Lets the pages of `ALLOWED_ORIGINS` read our answers. */
export const shareWithAllowed = cors({
  origin: toAllowed,
  credentials: true,
  maxAge: CORS_SECONDS,
})

/** Stops reading where no honest body goes on. */
export const limitBody = bodyLimit({
  maxSize: BODY_BYTES,
  onError: (c) =>
    refuse(c, { code: 'too_big', message: `a body holds at most ${BODY_BYTES} bytes` }),
})

function toAllowed(origin: string, c: Context<Door>): string | null {
  return allowsOrigin(c, origin) ? origin : null
}
