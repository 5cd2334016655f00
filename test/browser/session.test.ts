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

it('ends a session after a warning, and leaves nothing of it on the device', async () => {
  const { ada, ben } = await meet()
  const room = ben.page.url()
  await ben.textbox('message').fill('half a thought')
  const signOut = ben.page.getByRole('button', { name: 'Sign out' })
  await signOut.click()
  const sheet = ben.page.getByRole('dialog', { name: 'Sign out of this device?' })
  await sheet.getByText('could not come back as the same person').waitFor()
  await sheet.getByRole('button', { name: 'Cancel' }).click()
  await sheet.waitFor({ state: 'detached' })

  await signOut.click()
  await sheet.getByRole('button', { name: 'Sign out' }).click()
  await ben.textbox('groupName').waitFor()
  expect(await ben.page.context().cookies()).toEqual([])
  expect(await ben.page.evaluate('localStorage.length')).toBe(0)
  expect(await signOut.count()).toBe(0)
  await ada.page.getByText('2 members, 1 here').waitFor()
  await ben.page.goto(room)
  await ben.page.getByText('You are not signed in on this device').waitFor()
})
