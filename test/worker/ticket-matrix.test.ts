import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey as Key } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'

import type { Env } from '../../src/env.ts'
import { ticketKey } from '../../src/worker/keys.ts'
import { signTicket } from '../../src/worker/tickets.ts'
import { signIn, visitWith } from './visitor.ts'
import type { Visitor } from './visitor.ts'

const SECRET = env.SESSION_SECRET ?? ''
const LATER_SECRET = 'the secret that came after it, also long'

let ada: Visitor
let lobby: string
let attic: string

beforeAll(async () => {
  ada = await signIn('Ada')
  lobby = await ada.found('Lobby')
  attic = await ada.found('Attic')
})

/** A ticket as members get it. */
async function ticketFor(group = lobby): Promise<string> {
  const leave = { member: ada.id, group, language: 'en', sessionEndsAt: 9e12 } as const
  return (await signTicket(leave, SECRET)).ticket
}

/** What a ticket says, every field in order. */
function claims(): Record<string, unknown> {
  const exp = Math.floor(Date.now() / 1000) + 30
  const session = Date.now() + 60_000
  const jti = crypto.randomUUID().replaceAll('-', '').slice(0, 22)
  return { aud: 'parley.socket', jti, sub: ada.id, group: lobby, language: 'en', session, exp }
}

async function open(ticket: string, changes: Partial<Env> = {}, group = lobby) {
  const protocols = `parley.v1, ticket.${ticket}`
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': protocols }
  return visitWith(changes, `/api/groups/${group}/socket`, { headers })
}

async function knock(ticket: string, changes: Partial<Env> = {}, group = lobby): Promise<number> {
  const { status, webSocket } = await open(ticket, changes, group)
  webSocket?.accept()
  webSocket?.close()
  return status
}

async function signed(what: object, alg: string, key: Key | Uint8Array): Promise<string> {
  return new SignJWT({ ...what }).setProtectedHeader({ alg, typ: 'JWT' }).sign(key)
}

function encode(part: unknown): string {
  return btoa(JSON.stringify(part)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_')
}

it('lets in what is signed as tickets are, so that the refusals below mean something', async () => {
  expect(await knock(await signed(claims(), 'HS256', await ticketKey(SECRET)))).toBe(101)
})

describe('[P2] a ticket', () => {
  it('opens one connection, and none after it', async () => {
    const ticket = await ticketFor()
    expect([await knock(ticket), await knock(ticket)]).toEqual([101, 401])
  })

  it('opens one connection when fifty try at once', async () => {
    const ticket = await ticketFor()
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => knock(ticket)))
    expect(statuses.filter((status) => status === 101)).toHaveLength(1)
    expect(statuses.filter((status) => status === 401)).toHaveLength(49)
  })

  it('is remembered by a group that slept in between', async () => {
    const cellar = await ada.found('Cellar')
    const ticket = await ticketFor(cellar)
    const { status, webSocket } = await open(ticket, {}, cellar)
    webSocket?.accept()
    await evictDurableObject(env.GROUPS.getByName(cellar))
    expect([status, await knock(ticket, {}, cellar)]).toEqual([101, 401])
    webSocket?.close()
  })

  it('is good for its own group only, and stays good for it', async () => {
    const ticket = await ticketFor(attic)
    expect(await knock(ticket)).toBe(403)
    expect(await knock(ticket, {}, attic)).toBe(101)
  })

  it('that was tried at another group cannot be moved to it', async () => {
    const [header, , signature] = (await ticketFor(attic)).split('.')
    expect(await knock(`${header}.${encode(claims())}.${signature}`)).toBe(401)
  })
})

describe('[P2] a ticket that was tampered with is refused', () => {
  it.each([0, 1, 2])('in part %i, wherever it is', async (part) => {
    const parts = (await ticketFor()).split('.')
    const text = parts[part] ?? ''
    // Not the last character: some of its bits are no part of what it spells.
    for (const at of [0, Math.floor(text.length / 2), text.length - 2]) {
      const other = text[at] === 'A' ? 'B' : 'A'
      const tampered = text.slice(0, at) + other + text.slice(at + 1)
      expect(await knock(parts.with(part, tampered).join('.'))).toBe(401)
    }
  })

  it.each([0, 1, 2])('without part %i', async (part) => {
    const parts = (await ticketFor()).split('.')
    expect(await knock(parts.with(part, '').join('.'))).toBe(401)
    expect(await knock(parts.toSpliced(part, 1).join('.'))).toBe(401)
  })

  it.each<[string, Record<string, unknown>]>([
    ['another group', { group: 'g_'.padEnd(24, 'b') }],
    ['another member', { sub: 'm_eve' }],
    ['more time', { exp: 99_999_999_999 }],
    ['another id', { jti: 'j'.repeat(22) }],
  ])('to say %s', async (_, change) => {
    const [header, body = '', signature] = (await ticketFor()).split('.')
    const said = JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/')))
    expect(await knock(`${header}.${encode({ ...said, ...change })}.${signature}`)).toBe(401)
  })
})

describe('[P2] a ticket is refused', () => {
  it.each(['HS384', 'HS512'])('with %s, though the key is right', async (alg) => {
    const bits = alg === 'HS384' ? 384 : 512
    const key = new TextEncoder().encode(SECRET.padEnd(bits / 8, ' '))
    expect(await knock(await signed(claims(), alg, key))).toBe(401)
    const [, body, signature] = (await ticketFor()).split('.')
    expect(await knock(`${encode({ alg, typ: 'JWT' })}.${body}.${signature}`)).toBe(401)
  })

  it.each(['RS256', 'ES256'])('with %s of somebody', async (alg) => {
    const { privateKey } = await generateKeyPair(alg)
    expect(await knock(await signed(claims(), alg, privateKey))).toBe(401)
  })

  it.each(['none', 'None', 'NONE', ''])('with no signature, alg %j', async (alg) => {
    const unsigned = `${encode({ alg, typ: 'JWT' })}.${encode(claims())}`
    expect(await knock(`${unsigned}.`)).toBe(401)
    const [, , signature] = (await ticketFor()).split('.')
    expect(await knock(`${unsigned}.${signature}`)).toBe(401)
  })

  it('with the key of sessions', async () => {
    const key = new TextEncoder().encode(SECRET)
    expect(await knock(await signed({ ...claims(), name: 'Ada' }, 'HS256', key))).toBe(401)
    expect(await knock(ada.token)).toBe(401)
  })

  it.each<[string, Record<string, unknown>]>([
    ['whose time is over', { exp: 1_000_000_000 }],
    ['whose time never ends', { exp: undefined }],
    ['whose time has not come', { nbf: 99_999_999_999 }],
    ['for another audience', { aud: 'parley.upload' }],
    ['for no audience', { aud: undefined }],
    ['without an id', { jti: undefined }],
    ['with an id that is none', { jti: '../../x' }],
    ['of nobody', { sub: undefined }],
    ['of no group', { group: undefined }],
    ['of no session', { session: undefined }],
  ])('%s, however well signed', async (_, change) => {
    const ticket = await signed({ ...claims(), ...change }, 'HS256', await ticketKey(SECRET))
    expect(await knock(ticket)).toBe(401)
  })

  it('signed with the secret before, once that is named no more', async () => {
    const after = { SESSION_SECRET: LATER_SECRET }
    const during = { ...after, SESSION_SECRET_PREVIOUS: SECRET }
    expect(await knock(await ticketFor(), after)).toBe(401)
    expect(await knock(await ticketFor(), during)).toBe(101)
    const other = { ...after, SESSION_SECRET_PREVIOUS: 'a third secret, of 32 characters too' }
    expect(await knock(await ticketFor(), other)).toBe(401)
  })
})
