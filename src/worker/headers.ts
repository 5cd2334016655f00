import type { MiddlewareHandler } from 'hono'

import type { Door } from './door.ts'

// Data is never a page, not even where somebody opens it as one.
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

// A host that could end the directive it stands in gets no directive.
const PLAIN_HOST = /^[\w.:[\]-]+$/

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'cross-origin-opener-policy': 'same-origin',
  // It is asked about requests without CORS only, so the pages of `ALLOWED_ORIGINS` read on.
  'cross-origin-resource-policy': 'same-origin',
}

/** Says on every answer what browsers must not do with it. */
export const hardenHeaders: MiddlewareHandler<Door> = async function hardenHeaders(c, next) {
  await next()
  // Whatever touches the headers of a 101 on its way out makes it a 500.
  if (c.res.status === 101) return
  const answer = new Response(c.res.body, c.res)
  const { protocol, host } = new URL(c.req.url)
  const isPage = /^text\/html\b/i.test(answer.headers.get('content-type') ?? '')
  for (const [name, value] of Object.entries(EVERYWHERE)) answer.headers.set(name, value)
  answer.headers.set('content-security-policy', isPage ? pagePolicy(protocol, host) : DATA_POLICY)
  if (!isPage) answer.headers.set('cache-control', 'no-store')
  if (protocol === 'https:') {
    answer.headers.set('strict-transport-security', 'max-age=31536000')
  }
  // Hono would merge the old headers back over the new ones.
  c.res = undefined
  c.res = answer
}

/**
 * What the pages may do: everything comes from here, and no string ever becomes script. The same as
 * in `public/_headers`, but for one thing: to some browsers `'self'` is no address of a WebSocket.
 */
function pagePolicy(protocol: string, host: string): string {
  const socket = PLAIN_HOST.test(host) ? ` ${protocol.replace('http', 'ws')}//${host}` : ''
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    `connect-src 'self'${socket}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}
