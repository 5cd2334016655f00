import type { Context } from 'hono'

import type { Door } from './door.ts'

/** Serves the page of the browser app, which reads from its own address what to show. */
export async function shell(c: Context<Door>): Promise<Response> {
  // The assets know the page as `/`; `/index.html` would be answered with a redirect there.
  const page = await c.env.ASSETS.fetch(new URL('/', c.req.url))
  if (page.ok) return page
  return c.text('The browser app is not here yet: npm run build makes it.\n', 503)
}
