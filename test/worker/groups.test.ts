import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'

import { signIn, visit, visitWith, watched } from './visitor.ts'

const NOWHERE = `g_${'x'.repeat(22)}`

describe('POST /api/groups', () => {
  it('founds a group that is owned by who asked', async () => {
    const ada = await signIn('Ada')
    const response = await ada.post('/api/groups', { title: ' 圆桌 \n one ' })
    expect(response.status).toBe(201)
    expect(await response.json()).toEqual({
      group: { id: expect.stringMatching(/^g_[\w-]{22}$/), title: '圆桌 one', role: 'owner' },
    })
  })

  it.each([{}, { title: '' }, { title: 'x'.repeat(65) }, { title: 1 }, []])(
    'refuses %j',
    async (body) => {
      const ada = await signIn('Ada')
      const response = await ada.post('/api/groups', body)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } })
    },
  )
})

describe('GET /api/groups', () => {
  it('lists what the sidebar needs, and only of groups that are still there', async () => {
    const ada = await signIn('Ada')
    const [lobby, attic] = [await ada.found('Lobby'), await ada.found('Attic')]
    await ada.delete(`/api/groups/${attic}`)
    const response = await ada.get('/api/groups')
    const { groups } = await response.json<{ groups: unknown[] }>()
    expect(groups).toEqual([
      {
        id: lobby,
        title: 'Lobby',
        role: 'owner',
        unread: 0,
        mentions: 0,
        lastAt: expect.any(Number),
      },
    ])
  })

  it('skips a group that knows nothing of the member', async () => {
    const ada = await signIn('Ada')
    const lobby = await ada.found('Lobby')
    await env.MEMBERS.getByName(ada.id).joined(NOWHERE, 1)
    const { groups } = await (await ada.get('/api/groups')).json<{ groups: unknown[] }>()
    expect(groups).toMatchObject([{ id: lobby }])
  })

  it('is empty for someone who is in none', async () => {
    const ada = await signIn('Ada')
    expect(await (await ada.get('/api/groups')).json()).toEqual({ groups: [] })
  })

  it('shows the others when one group is out of order', async () => {
    const ada = await signIn('Ada')
    const [lobby, broken] = [await ada.found('Lobby'), await ada.found('Broken')]
    const GROUPS = new Proxy(env.GROUPS, {
      get(target, name) {
        if (name !== 'getByName') return Reflect.get(target, name)
        return (id: string) => {
          if (id === broken) throw new Error('out of order')
          return target.getByName(id)
        }
      },
    })
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const response = await visitWith({ GROUPS }, '/api/groups', { headers: ada.headers })
    const { groups } = await response.json<{ groups: { id: string }[] }>()
    expect(groups.map(({ id }) => id)).toEqual([lobby])
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
  })
})

describe('/api/groups/:group', () => {
  it('is read by members, changed by moderators, erased by the owner', async () => {
    const ada = await signIn('Ada')
    const lobby = await ada.found('Lobby')
    const settings = { mode: 'off', assistantName: 'Max', join: 'approval', slowModeSeconds: 5 }
    const patched = await ada.patch(`/api/groups/${lobby}`, { title: 'Hall', settings })
    const group = { id: lobby, title: 'Hall', role: 'owner', settings }
    expect(await patched.json()).toEqual({ group })
    expect(await (await ada.get(`/api/groups/${lobby}`)).json()).toEqual({ group })
    const erased = await ada.delete(`/api/groups/${lobby}`)
    expect(await erased.json()).toEqual({
      receipt: { group: lobby, events: 2, segments: 0, members: 1, at: expect.any(Number) },
    })
    expect((await ada.get(`/api/groups/${lobby}`)).status).toBe(404)
  })

  it.each([
    {},
    { settings: {} },
    { title: '' },
    { settings: { mode: 'always' } },
    { settings: { assistantName: ' ' } },
    { settings: 'off' },
  ])('is not changed by %j', async (patch) => {
    const ada = await signIn('Ada')
    const lobby = await ada.found('Lobby')
    expect((await ada.patch(`/api/groups/${lobby}`, patch)).status).toBe(400)
  })

  it('cannot be told from a group that is not there by people outside', async () => {
    const [ada, eve] = [await signIn('Ada'), await signIn('Eve')]
    const lobby = await ada.found('Lobby')
    for (const group of [lobby, NOWHERE]) {
      expect((await eve.get(`/api/groups/${group}`)).status).toBe(404)
      expect((await eve.patch(`/api/groups/${group}`, { title: 'Mine' })).status).toBe(404)
      expect((await eve.delete(`/api/groups/${group}`)).status).toBe(404)
    }
  })

  it.each([
    'g_',
    'lobby',
    `g_${'a'.repeat(21)}`,
    `g_${'a'.repeat(23)}`,
    `g_${'a'.repeat(21)}%00`,
    `G_${'a'.repeat(22)}`,
    '%2e%2e',
    '__proto__',
  ])('brings no object to life for %j', async (group) => {
    const ada = await signIn('Ada')
    const { namespace, addressed } = watched(env.GROUPS)
    const paths = ['', '/members', '/events', '/search?q=x'].map((rest) => [rest, 'GET'] as const)
    const posts = ['/ticket', '/invites'].map((rest) => [rest, 'POST'] as const)
    for (const [rest, method] of [...paths, ...posts, ['', 'DELETE'], ['', 'PATCH']] as const) {
      const path = `/api/groups/${group}${rest}`
      const init = { method, headers: ada.headers }
      const response = await visitWith({ GROUPS: namespace }, path, init)
      expect([path, response.status]).toEqual([path, 404])
    }
    expect(addressed).toEqual([])
  })
})

it.each([
  ['GET', '/api/groups'],
  ['POST', '/api/groups'],
  ['GET', `/api/groups/${NOWHERE}`],
  ['PATCH', `/api/groups/${NOWHERE}`],
  ['DELETE', `/api/groups/${NOWHERE}`],
  ['GET', `/api/groups/${NOWHERE}/members`],
  ['PATCH', `/api/groups/${NOWHERE}/members/m_1`],
  ['DELETE', `/api/groups/${NOWHERE}/members/m_1`],
  ['POST', `/api/groups/${NOWHERE}/invites`],
  ['DELETE', `/api/groups/${NOWHERE}/invites/x`],
  ['POST', '/api/invites/accept'],
  ['POST', `/api/groups/${NOWHERE}/ticket`],
  ['GET', `/api/groups/${NOWHERE}/events`],
  ['GET', `/api/groups/${NOWHERE}/search?q=x`],
])('%s %s is for people who are signed in', async (method, path) => {
  const response = await visit(path, { method })
  expect(response.status).toBe(401)
})
