import { env } from 'cloudflare:workers'
import { sign } from 'hono/jwt'
import { expect, it } from 'vitest'

import { readTicket } from '../../src/worker/tickets.ts'
import { json, signIn, visit } from './visitor.ts'

const SECRET = env.SESSION_SECRET ?? ''

it('gives a member leave for one connection within thirty seconds', async () => {
  const ada = await signIn('Ada')
  const group = await ada.found('Lobby')
  const before = Date.now()
  const response = await ada.post(`/api/groups/${group}/ticket`)
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
  const { ticket, expiresAt } = await response.json<{ ticket: string; expiresAt: number }>()
  expect(expiresAt).toBeGreaterThan(before + 28_000)
  expect(expiresAt).toBeLessThanOrEqual(Date.now() + 30_000)
  expect(await readTicket(ticket, [SECRET])).toEqual({
    id: expect.stringMatching(/^[\w-]{22}$/),
    member: ada.id,
    group,
    language: 'en',
    sessionEndsAt: expect.any(Number),
    expiresAt,
  })
})

it('never writes the same ticket twice', async () => {
  const ada = await signIn('Ada')
  const group = await ada.found('Lobby')
  const tickets = await Promise.all(
    [1, 2].map(async () => (await ada.post(`/api/groups/${group}/ticket`)).text()),
  )
  expect(new Set(tickets).size).toBe(2)
})

it('remembers in which language the group is to talk', async () => {
  const exp = Math.floor(Date.now() / 1000) + 60
  const token = await sign({ sub: 'm_zh', name: '小圆', exp, locale: 'zh-Hant-TW' }, SECRET)
  const headers = { authorization: `Bearer ${token}` }
  const founded = await visit('/api/groups', json({ title: '圆桌' }, headers))
  const { group } = await founded.json<{ group: { id: string } }>()
  const response = await visit(`/api/groups/${group.id}/ticket`, json({}, headers))
  const { ticket } = await response.json<{ ticket: string }>()
  expect(await readTicket(ticket, [SECRET])).toMatchObject({ language: 'zh' })
})

it('ends no later than a year from now, whatever the session says', async () => {
  const token = await sign({ sub: 'm_long', name: 'Ada', exp: 9e12 }, SECRET)
  const headers = { authorization: `Bearer ${token}` }
  const founded = await visit('/api/groups', json({ title: 'Lobby' }, headers))
  const { group } = await founded.json<{ group: { id: string } }>()
  const response = await visit(`/api/groups/${group.id}/ticket`, json({}, headers))
  const { ticket } = await response.json<{ ticket: string }>()
  const leave = await readTicket(ticket, [SECRET])
  expect(leave?.sessionEndsAt).toBeLessThanOrEqual(Date.now() + 366 * 86_400_000)
})

it('writes none for people who are not in the group, or for no group', async () => {
  const [ada, eve] = [await signIn('Ada'), await signIn('Eve')]
  const group = await ada.found('Lobby')
  const statuses = [
    (await eve.post(`/api/groups/${group}/ticket`)).status,
    (await ada.post(`/api/groups/g_${'x'.repeat(22)}/ticket`)).status,
    (await visit(`/api/groups/${group}/ticket`, json({}))).status,
  ]
  expect(statuses).toEqual([404, 404, 401])
})

it('does not read what is signed with another secret', async () => {
  const ada = await signIn('Ada')
  const group = await ada.found('Lobby')
  const response = await ada.post(`/api/groups/${group}/ticket`)
  const { ticket } = await response.json<{ ticket: string }>()
  expect(await readTicket(ticket, ['another secret of 32 characters!'])).toBeUndefined()
})
