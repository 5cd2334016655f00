import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { meet } from '../support/meeting.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

/** [P23] How long a connection may outlive the ban of its member. */
const WITHIN_MS = 5_000

let server: Server

beforeAll(async () => {
  server = await startServer()
})

afterAll(async () => {
  await server.stop()
})

async function within<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`not in ${WITHIN_MS} ms`)), WITHIN_MS)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

describe('[P23] a member who is banned', () => {
  it('is closed with 4503 on every connection, and hears nothing after the ban', async () => {
    const { group, ada, ben, people } = await meet(server.url)
    const second = await people.ben.connect(group)
    await people.ada.call('PATCH', `/groups/${group}/members/${people.ben.id}`, { state: 'banned' })
    const { seq } = await ada.say('now that they are gone')
    expect(await within(Promise.all([ben.closed, second.closed]))).toEqual([4503, 4503])
    for (const connection of [ben, second]) {
      expect(connection.head).toBe(Number(seq) - 1)
      expect(connection.events.at(-1)).toMatchObject({
        from: people.ada.id,
        body: { member: people.ben.id, change: 'banned' },
      })
    }
    expect((await people.ben.fetch(`/groups/${group}/ticket`, { method: 'POST' })).status).toBe(404)
    const invite = await people.ada.invite(group)
    const accepted = await people.ben.fetch('/invites/accept', {
      method: 'POST',
      body: JSON.stringify({ invite }),
    })
    expect(accepted.status).toBe(404)
  })
})

describe('who may do what', () => {
  it('follows a role that changes, on the connection that is open', async () => {
    const { group, ben, people } = await meet(server.url)
    const path = `/groups/${group}/members/${people.ben.id}`
    await people.ada.call('PATCH', path, { role: 'guest' })
    expect(await ben.request({ type: 'say', text: 'still me' })).toMatchObject({
      type: 'refused',
      code: 'forbidden',
    })
    await people.ada.call('PATCH', path, { role: 'moderator' })
    expect(await ben.request({ type: 'say', text: 'still me' })).toMatchObject({ type: 'ack' })
    expect((await people.ben.fetch(`/groups/${group}/ledger`)).status).toBe(200)
  })

  it('lets a group go on under a new owner', async () => {
    const { group, people } = await meet(server.url)
    await people.ada.call('POST', `/groups/${group}/transfer`, { to: people.ben.id })
    await people.ada.call('DELETE', `/groups/${group}/members/${people.ada.id}`)
    const { groups } = await people.ben.call<{ groups: { id: string; role: string }[] }>(
      'GET',
      '/groups',
    )
    expect(groups).toMatchObject([{ id: group, role: 'owner' }])
    expect((await people.ada.fetch(`/groups/${group}`)).status).toBe(404)
  })
})
