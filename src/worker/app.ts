import { Hono } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { routePath } from 'hono/route'

import { log } from '../ops/log.ts'
import { configurationOf } from './configuration.ts'
import { reportCounts } from './counting.ts'
import type { Door } from './door.ts'
import { events, search } from './events.ts'
import { groups } from './groups.ts'
import { limitBody, requireConfiguration, shareWithAllowed } from './guards.ts'
import { hardenHeaders } from './headers.ts'
import { acceptance, invites } from './invites.ts'
import { members } from './members.ts'
import { metrics, ops } from './ops.ts'
import { newRef, refuse } from './refusals.ts'
import { shell } from './shell.ts'
import { signIn } from './signin.ts'
import { openSocket } from './socket.ts'
import { tickets } from './tickets.ts'

/** The front door: every address at which Parley answers. */
export const app = new Hono<Door>()

app.use(reportCounts, hardenHeaders)
app.get('/api/health', (c) => {
  const found = configurationOf(c.env)
  const version = c.env.VERSION.id
  if (!('code' in found)) return c.json({ ok: true, version })
  return c.json({ ok: false, version, problem: found.message }, 503)
})
app.use(requireConfiguration)

// Before all that follows, which would touch the headers of a 101 on its way out.
app.get('/api/groups/:group/socket', openSocket)
app.use(
  methodNotAllowed({
    app,
    onMethodNotAllowed(c, methods) {
      c.header('allow', methods.join(', '))
      const message = `this address knows ${methods.join(', ')} only`
      return refuse(c, { code: 'method_not_allowed', message })
    },
  }),
)
app.use('/api/*', shareWithAllowed, limitBody)

app.route('/api', signIn)
app.route('/api/groups', groups)
app.route('/api/groups/:group/members', members)
app.route('/api/groups/:group/invites', invites)
app.route('/api/groups/:group/ticket', tickets)
app.route('/api/groups/:group/events', events)
app.route('/api/groups/:group/search', search)
app.route('/api/invites/accept', acceptance)
app.route('/api/ops', ops)
app.route('/metrics', metrics)
for (const page of ['/', '/g/*', '/join', '/ops']) app.get(page, shell)

app.notFound((c) => refuse(c, { code: 'not_found', message: 'there is nothing at this address' }))

// The one place where a fault ends: logged once, told outside as a reference and nothing else.
app.onError((fault, c) => {
  const ref = newRef()
  log({ event: 'http.failed', ref, route: routePath(c, -1) }, fault)
  return isPassing(fault)
    ? refuse(c, { code: 'busy', message: 'that did not work just now; try again' }, ref)
    : refuse(c, { code: 'internal', message: 'internal error' }, ref)
})

// An object that is moved, updated or overrun marks its errors so; what comes next finds it well.
// https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
function isPassing(fault: Error): boolean {
  return Reflect.get(fault, 'retryable') === true || Reflect.get(fault, 'overloaded') === true
}
