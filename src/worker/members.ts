import { Hono } from 'hono'
import * as v from 'valibot'

import { ROLES } from '../protocol/events.ts'
import { readBody } from './body.ts'
import { groupOf, namesGroup, namesMember } from './directory.ts'
import type { Door } from './door.ts'
import { answer, refuse } from './refusals.ts'
import { signedIn } from './signin.ts'

const MemberPatch = v.pipe(
  v.object({
    role: v.exactOptional(v.picklist(ROLES)),
    mutedUntil: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    state: v.exactOptional(v.picklist(['active', 'banned'])),
  }),
  v.check((patch) => Object.keys(patch).length > 0),
)

/** Who belongs to a group: `/api/groups/:group/members`. */
export const members = new Hono<Door>()
  .get('/', signedIn, namesGroup, async (c) => {
    const roster = await groupOf(c).roster(c.var.person.id)
    return answer(c, roster, (members) => ({ members }))
  })
  .patch('/:member', signedIn, namesGroup, namesMember, async (c) => {
    const body = await readBody(c, MemberPatch)
    if (!body.ok) return refuse(c, body.refusal)
    const target = c.req.param('member')
    const changed = await groupOf(c).changeMember(c.var.person.id, target, body.value)
    return answer(c, changed, (member) => ({ member }))
  })
  .delete('/:member', signedIn, namesGroup, namesMember, async (c) => {
    const target = c.req.param('member')
    const removed = await groupOf(c).removeMember(c.var.person.id, target)
    return answer(c, removed, () => ({ removed: target }))
  })
