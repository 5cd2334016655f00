import { Hono } from 'hono'
import * as v from 'valibot'

import { PAGE_EVENTS } from '../protocol/limits.ts'
import { groupOf, namesGroup } from './directory.ts'
import type { Door } from './door.ts'
import { answer, refuse } from './refusals.ts'
import { signedIn } from './signin.ts'

// A question of a person, not a document.
const QUERY_CHARS = 200

/** A seq in an address, or 0. */
export const Position = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.toNumber())

const PageRequest = v.pipe(
  v.object({
    after: v.exactOptional(Position),
    before: v.exactOptional(Position),
    limit: v.optional(v.pipe(Position, v.minValue(1)), String(PAGE_EVENTS)),
  }),
  v.check(({ after, before }) => after === undefined || before === undefined),
  v.transform((page) => ({ ...page, limit: Math.min(page.limit, PAGE_EVENTS) })),
)

const Words = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(QUERY_CHARS))

/** What was said in a group, page by page: `/api/groups/:group/events`. */
export const events = new Hono<Door>().get('/', signedIn, namesGroup, async (c) => {
  const page = v.safeParse(PageRequest, c.req.query())
  if (!page.success) {
    const message = 'a page goes after or before a seq, with a limit from 1: whole numbers all'
    return refuse(c, { code: 'bad_request', message })
  }
  return answer(c, await groupOf(c).page(c.var.person.id, page.output), (page) => page)
})

/** Where it was said: `/api/groups/:group/search`. */
export const search = new Hono<Door>().get('/', signedIn, namesGroup, async (c) => {
  const words = v.safeParse(Words, c.req.query('q'))
  if (!words.success) {
    return refuse(c, { code: 'bad_request', message: `q is 1 to ${QUERY_CHARS} characters` })
  }
  return answer(c, await groupOf(c).search(c.var.person.id, words.output), (hits) => ({ hits }))
})
