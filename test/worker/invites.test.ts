import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'

import { HERE, json, signIn, visitWith, watched } from './visitor.ts'
import type { Visitor } from './visitor.ts'

let ada: Visitor
let lobby: string

beforeEach(async () => {
  ada = await signIn('Ada')
  lobby = await ada.found('Lobby')
})

async function inviteTo(group: string, terms: object = {}): Promise<string> {
  const response = await ada.post(`/api/groups/${group}/invites`, terms)
  const { invite } = await response.json<{ invite: string }>()
  return invite
}

describe('an invite', () => {
  it('is a code in the fragment of a link, for a week', async () => {
    const before = Date.now()
    const response = await ada.post(`/api/groups/${lobby}/invites`)
    expect(response.status).toBe(201)
    const body = await response.json<{ invite: string; url: string; expiresAt: number }>()
    expect(body.invite).toMatch(/^[\w-]{22}\.[\w-]{22}$/)
    expect(body.invite.startsWith(lobby.slice(2))).toBe(true)
    expect(body.url).toBe(`${HERE}/join#${body.invite}`)
    expect(body.expiresAt - before).toBeGreaterThanOrEqual(7 * 86_400_000)
    expect(body.expiresAt - before).toBeLessThan(7 * 86_400_000 + 10_000)
  })

  it('lets somebody in, in the role that it gives', async () => {
    const ben = await signIn('Ben')
    const invite = await inviteTo(lobby, { role: 'guest' })
    const response = await ben.post('/api/invites/accept', { invite })
    expect([response.status, await response.json()]).toEqual([
      200,
      { group: { id: lobby, title: 'Lobby', role: 'guest' } },
    ])
    const { groups } = await (await ben.get('/api/groups')).json<{ groups: unknown[] }>()
    expect(groups).toMatchObject([{ id: lobby, role: 'guest' }])
  })

  it('leaves members in the role they have', async () => {
    const invite = await inviteTo(lobby, { role: 'guest' })
    const response = await ada.post('/api/invites/accept', { invite })
    expect(await response.json()).toMatchObject({ group: { role: 'owner' } })
  })

  it.each([
    [{ uses: 1 }, 201],
    [{ uses: 1_000 }, 201],
    [{ expiresInSeconds: 60 }, 201],
    [{ expiresInSeconds: 604_800 }, 201],
    [{ uses: 0 }, 400],
    [{ uses: 1_001 }, 400],
    [{ uses: 1.5 }, 400],
    [{ uses: '1' }, 400],
    [{ expiresInSeconds: 59 }, 400],
    [{ expiresInSeconds: 604_801 }, 400],
    [{ role: 'moderator' }, 400],
    [{ role: 'owner' }, 400],
  ])('on the terms %j is answered with %i', async (terms, status) => {
    expect((await ada.post(`/api/groups/${lobby}/invites`, terms)).status).toBe(status)
  })

  it('is not for members to write or to revoke', async () => {
    const ben = await signIn('Ben')
    const invite = await inviteTo(lobby)
    await ben.post('/api/invites/accept', { invite })
    expect((await ben.post(`/api/groups/${lobby}/invites`)).status).toBe(403)
    expect((await ben.delete(`/api/groups/${lobby}/invites/${invite}`)).status).toBe(403)
  })

  it('is kept by the group as a hash only', async () => {
    const invite = await inviteTo(lobby)
    const kept = await runInDurableObject(env.GROUPS.getByName(lobby), (_, { storage }) =>
      storage.sql.exec('SELECT * FROM invites').toArray(),
    )
    expect(kept).toMatchObject([{ hash: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    expect(JSON.stringify(kept)).not.toContain(invite.split('.')[1])
  })

  it('is revoked once, and by its own group only', async () => {
    const invite = await inviteTo(lobby)
    const other = await ada.found('Attic')
    const foreign = `${other.slice(2)}.${invite.split('.')[1]}`
    expect((await ada.delete(`/api/groups/${lobby}/invites/${foreign}`)).status).toBe(404)
    expect((await ada.delete(`/api/groups/${lobby}/invites/${invite}`)).status).toBe(200)
    expect((await ada.delete(`/api/groups/${lobby}/invites/${invite}`)).status).toBe(404)
  })
})

describe('an invite for one, when fifty try at once', () => {
  async function heard(terms: object): Promise<number[]> {
    const invite = await inviteTo(lobby, terms)
    const guests = await Promise.all(Array.from({ length: 50 }, async () => signIn('Guest')))
    const answers = await Promise.all(
      guests.map(async (guest) => guest.post('/api/invites/accept', { invite })),
    )
    return answers.map(({ status }) => status).toSorted((one, other) => one - other)
  }

  async function statesIn(group: string): Promise<string[]> {
    const answer = await ada.get(`/api/groups/${group}/members`)
    const { members } = await answer.json<{ members: { state: string }[] }>()
    return members.map(({ state }) => state)
  }

  it('lets one of them in', async () => {
    expect(await heard({ uses: 1 })).toEqual([200, ...Array.from({ length: 49 }, () => 404)])
    expect(await statesIn(lobby)).toEqual(['active', 'active'])
  })

  it('lets one of them wait where a moderator decides', async () => {
    await ada.patch(`/api/groups/${lobby}`, { settings: { join: 'approval' } })
    expect(await heard({ uses: 1 })).toEqual([202, ...Array.from({ length: 49 }, () => 404)])
    expect((await statesIn(lobby)).toSorted()).toEqual(['active', 'waiting'])
  })

  it('takes one use of each who tries with both hands', async () => {
    const invite = await inviteTo(lobby, { uses: 2 })
    const [ben, eve] = [await signIn('Ben'), await signIn('Eve')]
    const hands = Array.from({ length: 25 }, () => [ben, eve]).flat()
    const answers = await Promise.all(
      hands.map(async (guest) => guest.post('/api/invites/accept', { invite })),
    )
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2)
    expect(await statesIn(lobby)).toEqual(['active', 'active', 'active'])
  })
})

describe('an invite that is not good', () => {
  /** What somebody hears, without the reference that is new each time. */
  async function refusalOf(invite: unknown): Promise<unknown> {
    const ben = await signIn('Ben')
    const response = await ben.post('/api/invites/accept', { invite })
    const { error } = await response.json<{ error: { code: string; message: string } }>()
    return { status: response.status, code: error.code, message: error.message }
  }

  it('looks the same whatever is wrong with it', async () => {
    const [good, revoked, used] = [
      await inviteTo(lobby),
      await inviteTo(lobby),
      await inviteTo(lobby, { uses: 1 }),
    ]
    await ada.delete(`/api/groups/${lobby}/invites/${revoked}`)
    await (await signIn('Eve')).post('/api/invites/accept', { invite: used })
    const [group = '', secret = ''] = good.split('.')
    const codes = [
      'nonsense',
      '',
      good.slice(1),
      `${good}.x`,
      `${group}.${'x'.repeat(22)}`,
      `${'x'.repeat(22)}.${secret}`,
      revoked,
      used,
    ]
    const heard = await Promise.all(codes.map(refusalOf))
    expect(heard[0]).toMatchObject({ status: 404, code: 'not_found' })
    expect(heard).toEqual(codes.map(() => heard[0]))
  })

  it.each([7, null, ['x'], {}])('because it is %j is a bad request', async (invite) => {
    expect(await refusalOf(invite)).toMatchObject({ status: 400, code: 'bad_request' })
  })

  it('and not even formed like one bothers no object', async () => {
    const { namespace, addressed } = watched(env.GROUPS)
    const init = json({ invite: '../../x.y' }, ada.headers)
    const response = await visitWith({ GROUPS: namespace }, '/api/invites/accept', init)
    expect([response.status, addressed]).toEqual([404, []])
  })
})
