import { Hono } from 'hono'
import * as v from 'valibot'

import type { Env } from '../env.ts'
import type { Standing } from '../group/api.ts'
import { log } from '../ops/log.ts'
import { SLOWEST_SECONDS } from '../protocol/events.ts'
import { PAGE_EVENTS } from '../protocol/limits.ts'
import { limitAddress, refuseAddress } from './address.ts'
import { readBody, wholeNumber } from './body.ts'
import { groupAt, groupOf, namesGroup } from './directory.ts'
import type { Door } from './door.ts'
import { Position } from './events.ts'
import { MEMBER_ID, newGroupId } from './ids.ts'
import { Name } from './names.ts'
import { answer, newRef, refuse } from './refusals.ts'
import { signedIn } from './signin.ts'

// What a sidebar can show; whoever is in more groups sees the newest.
const LISTED_GROUPS = 100

// Groups that are asked side by side, so that one sidebar does not crowd out other requests.
const ASKED_AT_ONCE = 10

const NewGroup = v.object({ title: Name })

const GroupPatch = v.pipe(
  v.object({
    title: v.exactOptional(Name),
    settings: v.exactOptional(
      v.object({
        mode: v.exactOptional(v.picklist(['off', 'mention'])),
        assistantName: v.exactOptional(Name),
        join: v.exactOptional(v.picklist(['open', 'approval'])),
        slowModeSeconds: v.exactOptional(wholeNumber(0, SLOWEST_SECONDS)),
      }),
    ),
  }),
  v.check((patch) => patch.title !== undefined || Object.keys(patch.settings ?? {}).length > 0),
)

const LedgerQuery = v.object({
  before: v.exactOptional(Position),
  limit: v.pipe(
    v.optional(v.pipe(Position, v.minValue(1)), String(PAGE_EVENTS)),
    v.transform((limit) => Math.min(limit, PAGE_EVENTS)),
  ),
})

const NewOwner = v.object({ to: v.pipe(v.string(), v.regex(MEMBER_ID)) })

const Renewal = v.object({ connection: v.pipe(v.string(), v.regex(/^c_[0-9a-f]{32}$/)) })

/** A person's groups, and each group's settings: `/api/groups` and `/api/groups/:group`. */
export const groups = new Hono<Door>()
  .post('/', signedIn, async (c) => {
    const body = await readBody(c, NewGroup)
    if (!body.ok) return refuse(c, body.refusal)
    // Each group is an object with storage of its own, and signing in anew costs nothing.
    const refusal = await refuseAddress(c, '/groups')
    if (refusal !== undefined) return refuse(c, refusal)
    const { id, name } = c.var.person
    const founded = await groupAt(c.env, newGroupId()).found({ id, name }, body.value.title)
    return answer(c, founded, ({ id, title, role }) => ({ group: { id, title, role } }), 201)
  })
  .get('/', signedIn, async (c) => {
    const { id } = c.var.person
    const listed = await c.env.MEMBERS.getByName(id).groups()
    const standings: Standing[] = []
    for (let at = 0; at < Math.min(listed.length, LISTED_GROUPS); at += ASKED_AT_ONCE) {
      const asked = listed.slice(at, at + ASKED_AT_ONCE)
      standings.push(
        ...(await Promise.all(asked.map((group) => standingIn(c.env, group, id)))).flat(),
      )
    }
    return c.json({ groups: standings.toSorted((one, other) => other.lastAt - one.lastAt) })
  })
  .get('/:group', signedIn, namesGroup, async (c) => {
    return answer(c, await groupOf(c).summary(c.var.person.id), (group) => ({ group }))
  })
  .patch('/:group', signedIn, namesGroup, async (c) => {
    const body = await readBody(c, GroupPatch)
    if (!body.ok) return refuse(c, body.refusal)
    const changed = await groupOf(c).change(c.var.person.id, body.value)
    return answer(c, changed, (group) => ({ group }))
  })
  .get('/:group/ledger', signedIn, namesGroup, async (c) => {
    const query = v.safeParse(LedgerQuery, c.req.query())
    if (!query.success) {
      const message = 'the ledger goes before a reply, with a limit from 1: whole numbers both'
      return refuse(c, { code: 'bad_request', message })
    }
    const { before = Number.MAX_SAFE_INTEGER, limit } = query.output
    return answer(c, await groupOf(c).ledger(c.var.person.id, before, limit), (page) => page)
  })
  .post('/:group/transfer', signedIn, namesGroup, async (c) => {
    const body = await readBody(c, NewOwner)
    if (!body.ok) return refuse(c, body.refusal)
    const handed = await groupOf(c).transfer(c.var.person.id, body.value.to)
    return answer(c, handed, (member) => ({ member }))
  })
  .post('/:group/renew', signedIn, namesGroup, limitAddress, async (c) => {
    const body = await readBody(c, Renewal)
    if (!body.ok) return refuse(c, body.refusal)
    const { id, expiresAt } = c.var.person
    const renewed = await groupOf(c).renew(id, body.value.connection, expiresAt)
    return answer(c, renewed, () => ({ expiresAt }))
  })
  .delete('/:group', signedIn, namesGroup, async (c) => {
    return answer(c, await groupOf(c).erase(c.var.person.id), (receipt) => ({ receipt }))
  })

// A group that is gone, closed to this person or out of order leaves a gap, not an empty sidebar.
async function standingIn(env: Env, group: string, member: string): Promise<readonly Standing[]> {
  try {
    const standing = await groupAt(env, group).standing(member)
    return standing.ok ? [standing.value] : []
  } catch (fault) {
    log({ event: 'group.failed', group, at: 'standing', ref: newRef() }, fault)
    return []
  }
}
