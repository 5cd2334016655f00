import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'

import { BODY_BYTES } from './body.ts'
import { configurationOf } from './configuration.ts'
import type { Door } from './door.ts'
import { allowsOrigin } from './origin.ts'
import { refuse } from './refusals.ts'

// How long a browser may remember what another origin is allowed, in seconds.
const CORS_SECONDS = 600

/**
 * Serves nothing where a variable is wrong: sessions that anybody could sign are worse than none, and
 * a limit that cannot be read would fail each group by itself, without saying why.
 */
export const requireConfiguration: MiddlewareHandler<Door> = async function requireConfiguration(
  c,
  next,
) {
  const trust = configurationOf(c.env)
  if ('code' in trust) return refuse(c, trust)
  c.set('trust', trust)
  return next()
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
