import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'

import { json, signIn, visit, Visitor, visitWith, watched } from './visitor.ts'

let ada: Visitor
let ben: Visitor
let lobby: string

beforeEach(async () => {
  ada = await signIn('Ada')
  ben = await signIn('Ben')
  lobby = await ada.found('Lobby')
  const response = await ada.post(`/api/groups/${lobby}/invites`)
  const { invite } = await response.json<{ invite: string }>()
  await ben.post('/api/invites/accept', { invite })
})

it('lists who belongs to the group', async () => {
  const response = await ben.get(`/api/groups/${lobby}/members`)
  const { members } = await response.json<{ members: unknown[] }>()
  expect(members).toHaveLength(2)
  expect(members).toContainEqual({
    id: ben.id,
    name: 'Ben',
    role: 'member',
    state: 'active',
    online: false,
    mutedUntil: 0,
  })
})

it('lets moderators change members, not the other way round', async () => {
  const path = `/api/groups/${lobby}/members`
  const changed = await ada.patch(`${path}/${ben.id}`, { role: 'guest', mutedUntil: 5 })
  expect(await changed.json()).toMatchObject({
    member: { id: ben.id, role: 'guest', mutedUntil: 5 },
  })
  const refused = await ben.patch(`${path}/${ada.id}`, { role: 'guest' })
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({ error: { code: 'forbidden' } })
})

it('lets people go, but not the last owner', async () => {
  const path = `/api/groups/${lobby}/members`
  const left = await ben.delete(`${path}/${ben.id}`)
  expect([left.status, await left.json()]).toEqual([200, { removed: ben.id }])
  expect((await ben.get(path)).status).toBe(404)
  expect((await ada.delete(`${path}/${ada.id}`)).status).toBe(409)
  expect(await (await ben.get('/api/groups')).json()).toEqual({ groups: [] })
})

it.each([
  {},
  { role: 'king' },
  { role: null },
  { mutedUntil: -1 },
  { mutedUntil: 1.5 },
  { mutedUntil: '5' },
  { mutedUntil: 2 ** 53 },
  { state: 'left' },
  { name: 'Eve' },
])('does not change a member by %j', async (patch) => {
  const response = await ada.patch(`/api/groups/${lobby}/members/${ben.id}`, patch)
  expect(response.status).toBe(400)
})

it.each(['assistant', 'm_', 'm_a.b', `m_${'x'.repeat(65)}`, 'x'])(
  'knows no member by the name %j',
  async (member) => {
    const path = `/api/groups/${lobby}/members/${member}`
    const { namespace, addressed } = watched(env.GROUPS)
    for (const method of ['PATCH', 'DELETE']) {
      const init = { ...json({ role: 'guest' }, ada.headers), method }
      expect((await visitWith({ GROUPS: namespace }, path, init)).status).toBe(404)
    }
    expect(addressed).toEqual([])
  },
)

it('tells everybody of a new name, whose it is and what it was', async () => {
  const renewed = await visit('/api/session', json({ name: 'Ada Lovelace' }, ben.headers))
  const { token } = await renewed.json<{ token: string }>()
  const before = await ada.get(`/api/groups/${lobby}/events`)
  const { events } = await before.json<{ events: unknown[] }>()
  const again = new Visitor(ben.id, token)
  for (let time = 0; time < 2; time += 1) await again.post(`/api/groups/${lobby}/ticket`)
  const after = await ada.get(`/api/groups/${lobby}/events?after=${events.length}`)
  expect(await after.json()).toMatchObject({
    events: [
      {
        kind: 'member',
        from: ben.id,
        body: { member: ben.id, change: 'renamed', name: 'Ada Lovelace', formerly: 'Ben' },
      },
    ],
  })
})
