import { beforeEach, describe, expect, it } from 'vitest'

import { welcome } from './support/events.ts'
import { FakeServer } from './support/fake-server.ts'

let server: FakeServer

beforeEach(() => {
  server = new FakeServer()
})

describe('the outbox', () => {
  const say = (id: string) => ({ type: 'say', id, text: id }) as const

  it('sends one request at a time, in order', async () => {
    const link = await server.connect()
    server.socket.tell(welcome(0))
    link.send(say('a'))
    link.send(say('b'))
    expect(server.socket.frames.map(({ id }) => id)).toEqual(['a'])
    server.socket.tell({ type: 'ack', id: 'a', seq: 1, at: 1, duplicate: false })
    expect(server.socket.frames.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('waits for a welcome', async () => {
    const link = await server.connect()
    link.send(say('a'))
    expect(server.socket.frames).toEqual([])
    server.socket.tell(welcome(0))
    expect(server.socket.frames).toEqual([say('a')])
  })

  it('[P7] sends again under the same id what was not answered', async () => {
    const link = await server.connect()
    server.socket.tell(welcome(0))
    link.send(say('a'))
    link.send(say('b'))
    server.socket.cut(1006)
    await server.clock.pass(500)
    server.socket.tell(welcome(0, { mode: 'resumed' }))
    expect(server.socket.frames).toEqual([say('a')])
    server.socket.tell({ type: 'ack', id: 'a', seq: 1, at: 1, duplicate: true })
    expect(server.socket.frames).toEqual([say('a'), say('b')])
  })

  it('goes on after a refusal', async () => {
    const link = await server.connect()
    server.socket.tell(welcome(0))
    link.send(say('a'))
    link.send(say('b'))
    server.socket.tell({ type: 'refused', id: 'a', code: 'blocked', message: 'no' })
    expect(server.frames).toMatchObject([{ type: 'refused', id: 'a', code: 'blocked' }])
    expect(server.socket.frames.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('begins with what an earlier life left over', async () => {
    await server.connect({ unsent: [say('old')] })
    server.socket.tell(welcome(0))
    expect(server.socket.frames).toEqual([say('old')])
  })
})
