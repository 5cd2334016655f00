import type { Context } from 'hono'

import type { Door } from './door.ts'

/** Whether pages of `origin` may open sockets here and change things. */
export function allowsOrigin(c: Context<Door>, origin: string): boolean {
  return isAllowedOrigin(origin, new URL(c.req.url).origin, c.env.ALLOWED_ORIGINS)
}

/**
 * Whether an origin is our own or one of those in `listed`, which are separated by commas. Compared
 * exactly, so no prefix, suffix, other port or other spelling passes; `null`, which sandboxes and
 * files send, never does.
 */
export function isAllowedOrigin(origin: string, own: string, listed: string | undefined): boolean {
  if (origin === 'null') return false
  return origin === own || originsOf(listed).includes(origin)
}

// An entry may be spelled in any way that a URL may (capitals, a trailing slash, an IDN): browsers
// send the normal form, so that is what is compared. `*` is no URL and allows nobody.
function originsOf(listed = ''): string[] {
  return listed.split(',').flatMap((entry) => URL.parse(entry.trim())?.origin ?? [])
}
