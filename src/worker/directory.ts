import type { Context, MiddlewareHandler } from 'hono'

import type { Env } from '../env.ts'
import type { GroupApi } from '../group/api.ts'
import type { Door } from './door.ts'
import { GROUP_ID, MEMBER_ID } from './ids.ts'
import { refuse } from './refusals.ts'
import type { DoorRefusal } from './refusals.ts'

export const NO_GROUP: DoorRefusal = { code: 'not_found', message: 'there is no such group' }
const NO_MEMBER: DoorRefusal = { code: 'not_found', message: 'there is no such member' }

/** Lets only the id of a group go on: asking an object for anything else would bring it to life. */
export const namesGroup: MiddlewareHandler<Door> = async function namesGroup(c, next) {
  if (!GROUP_ID.test(c.req.param('group') ?? '')) return refuse(c, NO_GROUP)
  return next()
}

/** Lets only the id of a person go on. */
export const namesMember: MiddlewareHandler<Door> = async function namesMember(c, next) {
  if (!MEMBER_ID.test(c.req.param('member') ?? '')) return refuse(c, NO_MEMBER)
  return next()
}

/** The group that the path names, behind `namesGroup`. */
export function groupOf(c: Context<Door>): GroupApi {
  return groupAt(c.env, c.req.param('group') ?? '')
}

/** The object of a group. Ask anew for each request: a stub does not outlive its object. */
export function groupAt(env: Env, id: string): GroupApi {
  return env.GROUPS.getByName(id)
}
