import { Hono } from 'hono'
import * as v from 'valibot'

import { inviteIdOf } from '../group/invites.ts'
import { limitAddress } from './address.ts'
import { readBody, wholeNumber } from './body.ts'
import { count } from './counting.ts'
import { digestOf } from './digest.ts'
import { groupAt, groupOf, namesGroup } from './directory.ts'
import type { Door } from './door.ts'
import { newSecret } from './ids.ts'
import { answer, refuse } from './refusals.ts'
import type { DoorRefusal } from './refusals.ts'
import { signedIn } from './signin.ts'

// A code is the group's id without its `g_` and 128 bits that only its bearer knows.
const CODE = /^([\w-]{22})\.([\w-]{22})$/

const INVITE_ID = /^[0-9a-f]{16}$/

const DEFAULT_USES = 100
const DEFAULT_SECONDS = 7 * 24 * 60 * 60
const LONGEST_SECONDS = DEFAULT_SECONDS

// Malformed, of no group, wrong, revoked, used up or expired: whoever guesses learns nothing.
const NO_INVITE: DoorRefusal = {
  code: 'not_found',
  message: 'this invite is not valid any more',
  counted: 'refused_invites',
}

const Terms = v.object({
  role: v.optional(v.picklist(['member', 'guest']), 'member'),
  uses: v.optional(wholeNumber(1, 1_000), DEFAULT_USES),
  expiresInSeconds: v.optional(wholeNumber(60, LONGEST_SECONDS), DEFAULT_SECONDS),
})

const Acceptance = v.object({ invite: v.string() })

/** What a group's moderators do with invites: `/api/groups/:group/invites`. */
export const invites = new Hono<Door>()
  .post('/', signedIn, namesGroup, limitAddress, async (c) => {
    const body = await readBody(c, Terms)
    if (!body.ok) return refuse(c, body.refusal)
    const { role, uses, expiresInSeconds } = body.value
    const secret = newSecret()
    const expiresAt = Date.now() + expiresInSeconds * 1000
    const terms = { role, uses, expiresAt }
    const hash = await hashOf(secret)
    const kept = await groupOf(c).invite(c.var.person.id, hash, terms)
    const invite = `${(c.req.param('group') ?? '').slice(2)}.${secret}`
    // A fragment stays in the browser: no server, proxy or log ever sees the code.
    const url = `${new URL(c.req.url).origin}/join#${invite}`
    return answer(c, kept, () => ({ invite, url, expiresAt, id: inviteIdOf(hash) }), 201)
  })
  .get('/', signedIn, namesGroup, async (c) => {
    return answer(c, await groupOf(c).invites(c.var.person.id), (invites) => ({ invites }))
  })
  .delete('/:invite', signedIn, namesGroup, async (c) => {
    const name = await nameOf(c.req.param('invite'), c.req.param('group'))
    if (name === undefined) return refuse(c, NO_INVITE)
    const revoked = await groupOf(c).revokeInvite(c.var.person.id, name)
    return answer(c, revoked, () => ({ revoked: true }))
  })

/** What anyone does with an invite: `/api/invites/accept`. */
export const acceptance = new Hono<Door>().post('/', signedIn, limitAddress, async (c) => {
  const body = await readBody(c, Acceptance)
  if (!body.ok) return refuse(c, body.refusal)
  const code = parseCode(body.value.invite)
  if (code === undefined) return refuse(c, NO_INVITE)
  const { id, name } = c.var.person
  const joined = await groupAt(c.env, code.group).join({ id, name }, await hashOf(code.secret))
  if (!joined.ok && joined.refusal.code === 'not_found') return refuse(c, NO_INVITE)
  if (joined.ok) count('invites_accepted')
  const isWaiting = joined.ok && joined.value.waiting
  return answer(
    c,
    joined,
    ({ id, title, role }) => ({
      group: { id, title, role },
      ...(isWaiting && { waiting: true }),
    }),
    isWaiting ? 202 : 200,
  )
})

interface Code {
  readonly group: string
  readonly secret: string
}

function parseCode(text: string | undefined): Code | undefined {
  const [, group, secret] = CODE.exec(text ?? '') ?? []
  return group === undefined || secret === undefined ? undefined : { group: `g_${group}`, secret }
}

// What a group knows an invite by: its id as it is, or the hash of a code of this very group.
async function nameOf(text: string, group: string | undefined): Promise<string | undefined> {
  if (INVITE_ID.test(text)) return text
  const code = parseCode(text)
  return code?.group === group ? hashOf(code?.secret ?? '') : undefined
}

async function hashOf(secret: string): Promise<string> {
  return [...(await digestOf(secret))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
