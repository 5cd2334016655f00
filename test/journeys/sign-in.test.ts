import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { canaryFor } from '../support/canary.ts'
import { startIssuer } from '../support/issuer.ts'
import type { IssuerStandIn } from '../support/issuer.ts'
import { Person, signIn } from '../support/person.ts'
import { startServer, TEST_VARS } from '../support/server.ts'
import type { Server } from '../support/server.ts'

let issuer: IssuerStandIn
let servers: Server[]

beforeEach(async () => {
  issuer = await startIssuer()
  servers = []
})

afterEach(async () => {
  for (const server of servers) await server.stop()
  await issuer.close()
})

async function start(vars: Readonly<Record<string, string>>): Promise<Server> {
  const server = await startServer({ vars })
  servers.push(server)
  return server
}

/** Somebody whom the issuer knows. */
async function knownAs(name: string, { url }: Server, seconds?: number): Promise<Person> {
  const token = await issuer.issue({ sub: `${name}@example.org`, name }, seconds)
  const answer = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${token}` } })
  const { member }: { member: { id: string } } = JSON.parse(await answer.text())
  return new Person(url, token, member.id, name)
}

describe('people whom another service signed in', () => {
  it('talk to each other, and to guests', async () => {
    const server = await start({ JWKS_URL: issuer.url })
    const people = { ada: await knownAs('Ada', server), ben: await signIn(server.url, 'Ben') }
    const group = await people.ada.createGroup('Lobby')
    await people.ben.join(await people.ada.invite(group))
    const [ada, ben] = [await people.ada.connect(group), await people.ben.connect(group)]
    await ada.say('hello')
    expect(await ben.nextEvent('message')).toMatchObject({ from: people.ada.id })
    expect(issuer.loads).toBe(1)
  })

  it('are disconnected when the session ends that the issuer gave them', async () => {
    const server = await start({ JWKS_URL: issuer.url })
    const person = await knownAs('Ada', server, 3)
    const ada = await person.connect(await person.createGroup('Lobby'))
    expect(await ada.closed).toBe(4004)
    expect((await person.fetch('/me')).status).toBe(401)
  })

  it('are asked to come back while the issuer is away, and let in when it is there', async () => {
    issuer.leave()
    const server = await start({ JWKS_URL: issuer.url })
    const token = await issuer.issue({ sub: 'ada@example.org', name: 'Ada' })
    const headers = { authorization: `Bearer ${token}` }
    const away = await fetch(`${server.url}/api/me`, { headers })
    expect([away.status, await away.json()]).toMatchObject([503, { error: { code: 'busy' } }])
    issuer.comeBack()
    expect((await fetch(`${server.url}/api/me`, { headers })).status).toBe(200)
  })
})

it('keeps everybody signed in when the secret is changed, and nobody once it is forgotten', async () => {
  const before = await start({})
  const ada = await signIn(before.url, 'Ada')
  const next = canaryFor('the secret that comes after it')
  const during = await start({
    SESSION_SECRET: next,
    SESSION_SECRET_PREVIOUS: TEST_VARS.SESSION_SECRET,
  })
  const after = await start({ SESSION_SECRET: next })
  const statuses: number[] = []
  for (const { url } of [during, after]) {
    ada.url = url
    statuses.push((await ada.fetch('/me')).status)
  }
  expect(statuses).toEqual([200, 401])
})
