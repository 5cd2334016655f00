import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'

import { signIn } from './visitor.ts'
import type { Visitor } from './visitor.ts'

let ada: Visitor
let lobby: string

beforeAll(async () => {
  ada = await signIn('Ada')
  lobby = await ada.found('Lobby')
  await ada.patch(`/api/groups/${lobby}`, { title: 'Hall' })
  await ada.patch(`/api/groups/${lobby}`, { title: 'Attic' })
})

describe('GET …/events', () => {
  it.each([
    ['', [1, 2, 3], false],
    ['?after=1', [2, 3], false],
    ['?after=1&limit=1', [2], true],
    ['?before=3', [1, 2], false],
    ['?before=3&limit=1', [2], true],
    ['?limit=100000', [1, 2, 3], false],
    ['?after=3', [], false],
    ['?after=0', [1, 2, 3], false],
  ])('%s is the page %j', async (query, seqs, more) => {
    const response = await ada.get(`/api/groups/${lobby}/events${query}`)
    expect(response.status).toBe(200)
    const page = await response.json<{ events: { seq: number }[]; more: boolean }>()
    expect([page.events.map(({ seq }) => seq), page.more]).toEqual([seqs, more])
  })

  it.each([
    'after=-1',
    'after=',
    'after=1.5',
    'after=x',
    'before=1e3',
    'limit=0',
    'limit=-1',
    'limit=ten',
    'after=1&before=3',
    'after=99999999999999999999',
  ])('?%s is refused', async (query) => {
    const response = await ada.get(`/api/groups/${lobby}/events?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('holds a hundred events at most, whatever is asked for', async () => {
    const attic = await ada.found('Attic')
    const group = env.GROUPS.getByName(attic)
    for (let event = 2; event <= 101; event += 1) await group.change(ada.id, { title: `${event}` })
    const response = await ada.get(`/api/groups/${attic}/events?limit=5000`)
    const page = await response.json<{ events: unknown[]; more: boolean }>()
    expect([page.events.length, page.more]).toEqual([100, true])
  })

  it('is not for people outside', async () => {
    const eve = await signIn('Eve')
    expect((await eve.get(`/api/groups/${lobby}/events`)).status).toBe(404)
    expect((await eve.get(`/api/groups/${lobby}/search?q=Hall`)).status).toBe(404)
  })
})

describe('GET …/search', () => {
  it('answers with hits', async () => {
    const response = await ada.get(`/api/groups/${lobby}/search?q=${encodeURIComponent('圆桌')}`)
    expect([response.status, await response.json()]).toEqual([200, { hits: [] }])
  })

  it.each(['', '?q=', '?q=%20', `?q=${'x'.repeat(201)}`])('%s is refused', async (query) => {
    expect((await ada.get(`/api/groups/${lobby}/search${query}`)).status).toBe(400)
  })
})
