import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'

import type { Env } from '../../src/env.ts'
import { signTicket } from '../../src/worker/tickets.ts'
import { HERE, json, signIn, visitWith, watched } from './visitor.ts'
import type { Visitor } from './visitor.ts'

const LISTED = 'https://chat.example:8443,http://localhost:5173,https://圆桌.example'

let ada: Visitor
let lobby: string

beforeAll(async () => {
  ada = await signIn('Ada')
  lobby = await ada.found('Lobby')
})

/** What a page of some origin may try with the cookie or the ticket of somebody else. */
const DOORS: Readonly<Record<string, (origin: string, changes: Partial<Env>) => Promise<number>>> =
  {
    async upgrade(origin, changes) {
      const leave = { member: ada.id, group: lobby, language: 'en', sessionEndsAt: 9e12 } as const
      const { ticket } = await signTicket(leave, env.SESSION_SECRET ?? '')
      const protocols = `parley.v1, ticket.${ticket}`
      const headers = { origin, upgrade: 'websocket', 'sec-websocket-protocol': protocols }
      const path = `/api/groups/${lobby}/socket`
      const { status, webSocket } = await visitWith(changes, path, { headers })
      webSocket?.accept()
      webSocket?.close()
      return status
    },
    async ticket(origin, changes) {
      const path = `/api/groups/${lobby}/ticket`
      return (await visitWith(changes, path, json({}, cookieWith(origin)))).status
    },
    async rename(origin, changes) {
      const init = { ...json({ title: 'Lobby' }, cookieWith(origin)), method: 'PATCH' }
      return (await visitWith(changes, `/api/groups/${lobby}`, init)).status
    },
    async 'sign in'(origin, changes) {
      const init = json({ name: 'Ada' }, { origin })
      return (await visitWith(changes, '/api/session', init)).status
    },
  }

function cookieWith(origin: string): Record<string, string> {
  return { origin, cookie: `__Host-parley=${ada.token}` }
}

describe.each(Object.entries(DOORS))('the door to %s', (_, knock) => {
  it.each([
    ['ours', HERE],
    ['one that is listed', 'https://chat.example:8443'],
    ['a loopback that is listed', 'http://localhost:5173'],
    ['an IDN that is listed, as browsers send it', 'https://xn--4csw51b.example'],
  ])('opens to a page of %s', async (__, origin) => {
    expect([101, 200, 201]).toContain(await knock(origin, { ALLOWED_ORIGINS: LISTED }))
  })

  it.each([
    ['a sandbox', 'null'],
    ['nothing', ''],
    ['another site', 'https://evil.test'],
    ['our host without its s', 'http://parley.example'],
    ['our host as a socket', 'wss://parley.example'],
    ['our host at another port', 'https://parley.example:8443'],
    ['our host with its port spelled out', 'https://parley.example:443'],
    ['our host in capitals', 'https://PARLEY.example'],
    ['our scheme in capitals', 'HTTPS://parley.example'],
    ['our host with a dot behind it', 'https://parley.example.'],
    ['our host with a slash behind it', 'https://parley.example/'],
    ['our host with a path', 'https://parley.example/g/1'],
    ['a host below ours', 'https://evil.parley.example'],
    ['the host above ours', 'https://example'],
    ['a host that begins like ours', 'https://parley.example.evil.test'],
    ['a host that ends like ours', 'https://notparley.example'],
    ['a host behind our name and an @', 'https://parley.example@evil.test'],
    ['our host behind a name and an @', 'https://eve@parley.example'],
    ['ours and another', `${HERE}, https://evil.test`],
    ['another and ours', `https://evil.test ${HERE}`],
    ['a listed host without its port', 'https://chat.example'],
    ['a listed host at another port', 'https://chat.example:8444'],
    ['a listed loopback by its number', 'http://127.0.0.1:5173'],
    ['a listed loopback with https', 'https://localhost:5173'],
    ['letters that look like ours, as browsers send them', 'https://xn--prley-3ve.example'],
    ['another IDN', 'https://xn--4csw51b.example.evil.test'],
    ['an entry that is none', '*'],
    ['a file', 'file://'],
    ['an extension', 'chrome-extension://abcdefgh'],
  ])('stays shut to a page of %s', async (__, origin) => {
    const { namespace, addressed } = watched(env.GROUPS)
    const changes = { ALLOWED_ORIGINS: `${LISTED},*,null`, GROUPS: namespace }
    expect(await knock(origin, changes)).toBe(403)
    expect(addressed).toEqual([])
  })
})
