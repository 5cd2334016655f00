import type { Context } from 'hono'
import * as v from 'valibot'

import { ADMISSION_HEADER } from '../group/api.ts'
import type { Admission } from '../group/api.ts'
import { SUBPROTOCOL } from '../protocol/frames.ts'
import { refuseAddress } from './address.ts'
import { NO_GROUP } from './directory.ts'
import type { Door } from './door.ts'
import { GROUP_ID } from './ids.ts'
import { allowsOrigin } from './origin.ts'
import { refuse } from './refusals.ts'
import type { DoorRefusal } from './refusals.ts'
import { readTicket } from './tickets.ts'

const TICKET_PREFIX = 'ticket.'

const NO_TICKET: DoorRefusal = {
  code: 'unauthorized',
  message: 'that ticket is not valid any more',
  counted: 'refused_tickets',
}

const OTHER_GROUP: DoorRefusal = {
  code: 'forbidden',
  message: 'that ticket is for another group',
  counted: 'refused_tickets',
}

const FOREIGN: DoorRefusal = {
  code: 'forbidden',
  message: 'pages of this origin may not connect',
  counted: 'refused_origins',
}

const Resume = v.object({
  since: v.exactOptional(v.pipe(v.string(), v.regex(/^\d{1,15}$/))),
  epoch: v.exactOptional(v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/))),
})

/** Opens a connection to a group. Whatever can be refused is refused before the object hears of it. */
export async function openSocket(c: Context<Door>): Promise<Response> {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    c.header('upgrade', 'websocket')
    return refuse(c, { code: 'upgrade_required', message: 'this address speaks WebSocket only' })
  }
  const origin = c.req.header('origin')
  if (origin !== undefined && !allowsOrigin(c, origin)) {
    return refuse(c, FOREIGN)
  }
  const group = c.req.param('group') ?? ''
  if (!GROUP_ID.test(group)) return refuse(c, NO_GROUP)
  const resume = v.safeParse(Resume, c.req.query())
  if (!resume.success) {
    return refuse(c, { code: 'bad_request', message: 'since is a seq, epoch a name from welcome' })
  }
  const offer = parseOffer(c.req.header('sec-websocket-protocol') ?? '')
  if ('code' in offer) return refuse(c, offer)
  const ticket = await readTicket(offer.ticket, c.var.trust.secrets)
  if (ticket === undefined) return refuse(c, NO_TICKET)
  if (ticket.group !== group) {
    return refuse(c, OTHER_GROUP)
  }
  const refusal = await refuseAddress(c)
  if (refusal !== undefined) return refuse(c, refusal)

  const { id, member, language, expiresAt, sessionEndsAt } = ticket
  const admission: Admission = { member, ticket: id, expiresAt, language, sessionEndsAt }
  const query = new URLSearchParams(resume.output)
  // A new request: nothing that a client sent reaches the object but what was checked above.
  const request = new Request(`https://group/socket?${query.toString()}`, {
    headers: {
      upgrade: 'websocket',
      [ADMISSION_HEADER]: JSON.stringify(admission),
    },
  })
  const response = await c.env.GROUPS.getByName(group).fetch(request)
  return response.status === 101 ? response : refuse(c, toRefusal(response.status))
}

// What only the group itself can know: the ticket was used, the member has left, it was erased.
function toRefusal(status: number): DoorRefusal {
  switch (status) {
    case 401:
      return NO_TICKET
    case 403:
      return { code: 'forbidden', message: 'you are not in this group' }
    case 404:
      return NO_GROUP
    default:
      return { code: 'internal', message: 'internal error' }
  }
}

// Other protocols beside ours may be offered, so that a client of tomorrow can talk to us today.
function parseOffer(header: string): { readonly ticket: string } | DoorRefusal {
  const offered = header.split(',').map((name) => name.trim())
  if (offered.filter((name) => name === SUBPROTOCOL).length !== 1) {
    return { code: 'bad_request', message: `offer the protocol ${SUBPROTOCOL}, once` }
  }
  const [ticket, ...more] = offered.filter((name) => name.startsWith(TICKET_PREFIX))
  if (more.length > 0) return { code: 'bad_request', message: 'offer one ticket only' }
  if (ticket === undefined) {
    return {
      code: 'unauthorized',
      message: 'offer ticket.<ticket>: POST /api/groups/:group/ticket',
    }
  }
  return { ticket: ticket.slice(TICKET_PREFIX.length) }
}
