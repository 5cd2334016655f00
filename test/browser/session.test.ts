import { decode, sign } from 'hono/jwt'
import { expect, it } from 'vitest'

import { TEST_VARS } from '../support/server.ts'
import { openStage } from './stage.ts'
import type { Visitor } from './visitor.ts'

const { meet } = openStage()

// Renewed half-way, which is well before the last ten seconds in which it would be too late.
const SHORT_SECONDS = 24

async function cookieOf({ page }: Visitor) {
  const [cookie] = await page.context().cookies()
  if (cookie === undefined) throw new Error('there is no session')
  return cookie
}

/** Has someone's session end soon, as if it were an old one. */
async function shorten(visitor: Visitor): Promise<number> {
  const cookie = await cookieOf(visitor)
  const exp = Math.floor(Date.now() / 1_000) + SHORT_SECONDS
  const claims = { ...decode(cookie.value).payload, exp }
  const value = await sign(claims, TEST_VARS.SESSION_SECRET, 'HS256')
  await visitor.page.context().addCookies([{ ...cookie, value }])
  return exp
}

it('renews a session before it ends, under the open connection', async () => {
  const { ada, ben } = await meet()
  const end = await shorten(ada)
  let sockets = 0
  ada.page.on('websocket', () => (sockets += 1))
  await ada.page.reload()
  const renewal = await ada.page.waitForResponse(/\/renew$/, { timeout: SHORT_SECONDS * 1_000 })
  expect(renewal.status()).toBe(200)
  expect(decode((await cookieOf(ada)).value).payload.exp).toBeGreaterThan(end)
  await ada.say('still here')
  await ben.sees('still here')
  expect(sockets).toBe(1)
})
