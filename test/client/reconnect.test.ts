import { beforeEach, describe, expect, it, test } from 'vitest'

import { backoffMs } from '../../src/client/link/backoff.ts'
import { TicketRefused } from '../../src/client/link/reason.ts'
import { welcome } from './support/events.ts'
import { FakeServer } from './support/fake-server.ts'

let server: FakeServer

beforeEach(() => {
  server = new FakeServer()
})

describe('coming back', () => {
  test.each([
    [0, 0, 500],
    [0, 1, 1_000],
    [1, 1, 2_000],
    [3, 0.5, 4_250],
    [20, 1, 30_000],
    [20, 0, 500],
  ])('waits full jitter: attempt %i at chance %d is %i ms', (attempt, chance, expected) => {
    expect(backoffMs(attempt, () => chance)).toBe(expected)
  })

  it('waits longer with every failure, and starts over after a connection that held', async () => {
    server.random = 1
    await server.connect()
    server.socket.cut(1006)
    expect(server.state).toMatchObject({ until: server.clock.now() + 1_000 })
    await server.clock.pass(1_000)
    server.socket.cut(1006)
    expect(server.state).toMatchObject({ until: server.clock.now() + 2_000 })
    await server.clock.pass(2_000)
    server.socket.tell(welcome(0))
    await server.clock.pass(10_000)
    server.socket.cut(1006)
    expect(server.state).toMatchObject({ until: server.clock.now() + 1_000 })
  })

  test.each([
    [1006, 'waiting', 'lost'],
    [4000, 'waiting', 'restarting'],
    [4002, 'waiting', 'slow'],
    [4004, 'waiting', 'expired'],
    [4009, 'waiting', 'serverError'],
    [4499, 'waiting', 'lost'],
    [4500, 'stopped', 'refused'],
    [4503, 'stopped', 'removed'],
    [4504, 'stopped', 'noGroup'],
    [4505, 'stopped', 'tooMany'],
    [4999, 'stopped', 'refused'],
  ])('[P22] obeys close code %i: %s, %s', async (code, at, reason) => {
    await server.connect()
    server.socket.tell(welcome(0))
    server.socket.cut(code)
    expect(server.state).toMatchObject({ at, reason })
    await server.clock.pass(30_000)
    expect(server.sockets).toHaveLength(at === 'stopped' ? 1 : 2)
  })

  it('waits as long as a farewell says', async () => {
    await server.connect()
    server.socket.tell(welcome(0), { type: 'bye', code: 4000, retry: true, afterMs: 1_500 })
    server.socket.cut(4000)
    expect(server.state).toMatchObject({ until: server.clock.now() + 2_000 })
  })

  test.each([
    [401, 'stopped', 'signedOut'],
    [403, 'stopped', 'removed'],
    [404, 'stopped', 'noGroup'],
    [429, 'waiting', 'tooFast'],
    [503, 'waiting', 'serverError'],
  ])('takes %i in place of a ticket as %s, %s', async (status, at, reason) => {
    server.tickets = () => Promise.reject(new TicketRefused(status))
    await server.connect()
    expect(server.state).toMatchObject({ at, reason })
  })

  it('tries at once when told to', async () => {
    const link = await server.connect()
    server.socket.cut(1006)
    link.retryNow()
    await server.clock.pass(0)
    expect(server.sockets).toHaveLength(2)
    await server.clock.pass(5_000)
    expect(server.sockets).toHaveLength(2)
  })

  it('stays away once closed', async () => {
    const link = await server.connect()
    server.socket.tell(welcome(0))
    link.close()
    expect(server.socket.isOpen).toBe(false)
    await server.clock.pass(60_000)
    expect(server.sockets).toHaveLength(1)
  })
})

describe('[P17] the heartbeat', () => {
  beforeEach(async () => {
    await server.connect()
    server.socket.tell(welcome(0))
  })

  it('pings every 30 s while it is answered', async () => {
    for (let beat = 1; beat <= 3; beat += 1) {
      await server.clock.pass(30_000)
      expect(server.socket.sent).toHaveLength(beat)
      expect(server.socket.sent.at(-1)).toBe('ping')
      server.socket.tell('pong')
    }
    expect(server.state).toEqual({ at: 'live' })
  })

  it('gives up after 45 s of silence', async () => {
    await server.clock.pass(44_999)
    expect(server.state).toEqual({ at: 'live' })
    await server.clock.pass(1)
    expect(server.state).toMatchObject({ at: 'waiting', reason: 'lost' })
  })

  it('[P20] proves that it reads', () => {
    server.socket.tell({ type: 'sync', n: 3 })
    expect(server.socket.frames).toEqual([{ type: 'synced', n: 3 }])
  })
})
