import { Hono } from 'hono'
import * as v from 'valibot'

import { limitAddress } from './address.ts'
import { groupOf, namesGroup } from './directory.ts'
import type { Door } from './door.ts'
import { GROUP_ID, MEMBER_ID, newSecret } from './ids.ts'
import { claimsOf, signClaims, ticketKey } from './keys.ts'
import { languageOf, localeOf } from './locale.ts'
import { refuse } from './refusals.ts'
import { signedIn } from './signin.ts'

// PROTOCOL §2. Long enough for a slow handshake, short enough to be worthless in a log.
const TICKET_SECONDS = 30

const AUDIENCE = 'parley.socket'

/** Leave for one member to open one connection to one group. */
export interface Ticket {
  readonly id: string
  readonly member: string
  readonly group: string
  /** The language in which the group is to talk to them. */
  readonly language: 'en' | 'zh'
  /** When the session ends that it was written for, in milliseconds since 1970. */
  readonly sessionEndsAt: number
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

const Claims = v.object({
  jti: v.pipe(v.string(), v.regex(/^[\w-]{22}$/)),
  sub: v.pipe(v.string(), v.regex(MEMBER_ID)),
  group: v.pipe(v.string(), v.regex(GROUP_ID)),
  language: v.picklist(['en', 'zh']),
  session: v.number(),
  exp: v.number(),
})

/** Leave to connect: `/api/groups/:group/ticket`. */
export const tickets = new Hono<Door>().post('/', signedIn, namesGroup, limitAddress, async (c) => {
  const { id, name, locale, expiresAt } = c.var.person
  const admitted = await groupOf(c).admit({ id, name })
  if (!admitted.ok) return refuse(c, admitted.refusal)
  const language = languageOf(localeOf(c, locale))
  const leave = { member: id, group: admitted.value.id, language, sessionEndsAt: expiresAt }
  return c.json(await signTicket(leave, c.var.trust.secret))
})

/** Writes a ticket. That it opens one connection only is the group's own to see to. */
export async function signTicket(
  leave: Omit<Ticket, 'id' | 'expiresAt'>,
  secret: string,
): Promise<{ readonly ticket: string; readonly expiresAt: number }> {
  const exp = Math.floor(Date.now() / 1000) + TICKET_SECONDS
  const { member, group, language, sessionEndsAt: session } = leave
  const claims = { aud: AUDIENCE, jti: newSecret(), sub: member, group, language, session, exp }
  return { ticket: await signClaims(claims, await ticketKey(secret)), expiresAt: exp * 1000 }
}

/** What a ticket allows; nothing, if it is forged, expired or not a ticket at all. */
export async function readTicket(
  ticket: string,
  secrets: readonly string[],
): Promise<Ticket | undefined> {
  const keys = await Promise.all(secrets.map(ticketKey))
  const parsed = v.safeParse(Claims, await claimsOf(ticket, keys, AUDIENCE))
  if (!parsed.success) return undefined
  const { jti, sub, group, language, session, exp } = parsed.output
  return {
    id: jti,
    member: sub,
    group,
    language,
    sessionEndsAt: session,
    expiresAt: exp * 1000,
  }
}
