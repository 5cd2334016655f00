import { sign } from 'hono/jwt'
import { expect, it } from 'vitest'

import { TEST_VARS } from '../support/server.ts'
import { openStage } from './stage.ts'

const { visitor } = openStage({ SIGN_IN: 'token' })

it('takes people as another service has signed them in, under the name they have there', async () => {
  const ada = await visitor()
  await ada.open('/')
  const exp = Math.floor(Date.now() / 1_000) + 3_600
  const claims = { sub: 'ada@example.org', name: 'Ada Lovelace', exp }
  const token = await sign(claims, TEST_VARS.SESSION_SECRET, 'HS256')
  const headers = { authorization: `Bearer ${token}` }
  const address = new URL('/api/session', ada.page.url()).href
  const kept = await ada.page.request.post(address, { headers })
  expect(kept.status()).toBe(201)
  await ada.create('Launch week', 'Ada')
  await ada.page.getByText('Ada Lovelace').first().waitFor()
})

it('tells the others where to sign in', async () => {
  const eve = await visitor()
  await eve.open('/')
  await eve.textbox('groupName').fill('Launch week')
  await eve.textbox('yourName').fill('Eve')
  await eve.button('create').click()
  const said = await eve.page.getByRole('alert').textContent()
  expect(said).toContain('signs people in elsewhere')
})
