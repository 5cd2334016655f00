import { beforeEach, describe, expect, it } from 'vitest'

import { eventFrame, message, messages, welcome } from './support/events.ts'
import { FakeServer } from './support/fake-server.ts'

let server: FakeServer

beforeEach(() => {
  server = new FakeServer()
})

describe('connecting', () => {
  it('[P2] offers the protocol and a ticket', async () => {
    await server.connect()
    expect(server.socket.url.href).toBe('wss://chat.example/api/groups/g_lobby/socket')
    expect(server.socket.protocols).toEqual(['parley.v1', 'ticket.t1'])
  })

  it('is live once welcomed, and hands on the snapshot', async () => {
    await server.connect()
    server.socket.tell(welcome(3))
    expect(server.state).toEqual({ at: 'live' })
    expect(server.seqs).toEqual([1, 2, 3])
  })

  it('[P4] resumes from where it stands, with a new ticket', async () => {
    await server.connect()
    server.socket.tell(welcome(3))
    server.socket.tellEvents(message(4))
    server.socket.cut(1006)
    await server.clock.pass(500)
    expect(server.socket.url.search).toBe('?since=4&epoch=e_1')
    expect(server.socket.protocols[1]).toBe('ticket.t2')
  })

  it('starts over when the server resets it', async () => {
    await server.connect()
    server.socket.tell(welcome(3))
    server.socket.cut(1006)
    await server.clock.pass(500)
    server.socket.tell(welcome(2, { mode: 'reset', epoch: 'e_2' }))
    expect(server.seqs).toEqual([1, 2])
    server.socket.cut(1006)
    await server.clock.pass(1_000)
    expect(server.socket.url.search).toBe('?since=2&epoch=e_2')
  })

  it('gives up on a socket that never says welcome', async () => {
    await server.connect()
    const { socket } = server
    await server.clock.pass(45_000)
    expect(socket.isOpen).toBe(false)
    expect(server.state).toMatchObject({ at: 'waiting', reason: 'lost' })
  })
})

describe('[P10] the log', () => {
  beforeEach(async () => {
    await server.connect()
    server.socket.tell(welcome(3))
  })

  it('takes only the next entry and drops doubles', () => {
    server.socket.tellEvents(message(4), message(4), message(2), message(5))
    expect(server.seqs).toEqual([1, 2, 3, 4, 5])
  })

  it('fetches what is missing before going on', () => {
    server.socket.tellEvents(message(6), message(7))
    expect(server.seqs).toEqual([1, 2, 3])
    const [fetch] = server.socket.frames
    expect(fetch).toMatchObject({ type: 'fetch', after: 3, limit: 100 })
    expect(server.socket.frames).toHaveLength(1)
    server.socket.tell({ type: 'page', id: fetch?.['id'], events: messages(4, 7), more: false })
    expect(server.seqs).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('fetches on when a page does not reach to what was seen', () => {
    server.socket.tellEvents(message(9))
    const first = server.socket.frames[0]?.['id']
    server.socket.tell({ type: 'page', id: first, events: messages(4, 6), more: true })
    expect(server.socket.frames[1]).toMatchObject({ type: 'fetch', after: 6 })
    const second = server.socket.frames[1]?.['id']
    server.socket.tell({ type: 'page', id: second, events: messages(7, 9), more: false })
    expect(server.seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(server.socket.frames).toHaveLength(2)
  })

  it('connects anew rather than ask for ever for a page that mends nothing', () => {
    server.socket.tellEvents(message(9))
    const { socket } = server
    socket.tell({ type: 'page', id: socket.frames[0]?.['id'], events: [], more: false })
    expect(socket.isOpen).toBe(false)
    expect(server.state).toMatchObject({ at: 'waiting' })
  })

  it('asks again for a repair that was refused for its haste', async () => {
    server.socket.tellEvents(message(5))
    const id = server.socket.frames[0]?.['id']
    server.socket.tell({ type: 'refused', id, code: 'too_fast', message: '', retryAfterMs: 700 })
    expect(server.frames).toEqual([])
    await server.clock.pass(700)
    expect(server.socket.frames[1]).toMatchObject({ type: 'fetch', after: 3 })
  })

  it('takes a batch as its frames in order', () => {
    const frames = messages(4, 6).map(eventFrame)
    server.socket.tell({
      type: 'batch',
      frames: [frames[0], { type: 'batch', frames: frames.slice(1) }],
    })
    expect(server.seqs).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('counts an entry of a kind that it does not know', () => {
    server.socket.tell({ type: 'event', seq: 4, at: 1, from: 'm_b', kind: 'pinned', body: {} })
    server.socket.tellEvents(message(5))
    expect(server.events.at(-2)).toMatchObject({ seq: 4, kind: 'foreign' })
    expect(server.seqs).toEqual([1, 2, 3, 4, 5])
  })

  it('catches up in pages after a resume that left some out', async () => {
    server.socket.cut(1006)
    await server.clock.pass(500)
    server.socket.tell(welcome(300, { mode: 'resumed', events: messages(4, 203), more: true }))
    expect(server.socket.frames[0]).toMatchObject({ type: 'fetch', after: 203 })
  })

  it.each([
    '',
    '{',
    '[]',
    '7',
    '{"type":"delta"}',
    '{"type":"nobody_knows"}',
    '{"type":"__proto__"}',
  ])('is not disturbed by %j', (text) => {
    server.socket.tell(text)
    expect(server.frames).toEqual([])
    expect(server.state).toEqual({ at: 'live' })
  })
})

describe('pages', () => {
  it('are asked for again after a reconnection', async () => {
    const link = await server.connect()
    server.socket.tell(welcome(60, { events: messages(11, 60) }))
    const page = link.fetch({ before: 11, limit: 50 })
    const [fetch] = server.socket.frames
    expect(fetch).toMatchObject({ type: 'fetch', before: 11, limit: 50 })
    server.socket.cut(1006)
    await server.clock.pass(500)
    server.socket.tell(welcome(60, { mode: 'resumed', events: [] }))
    expect(server.socket.frames).toEqual([fetch])
    server.socket.tell({ type: 'page', id: fetch?.['id'], events: messages(1, 10), more: false })
    expect((await page).events).toHaveLength(10)
    expect(server.seqs).toHaveLength(50)
  })

  it('fail when the server refuses them', async () => {
    const link = await server.connect()
    server.socket.tell(welcome(0))
    const page = link.fetch({ before: 5, limit: 50 })
    const id = server.socket.frames[0]?.['id']
    server.socket.tell({ type: 'refused', id, code: 'busy', message: 'later' })
    await expect(page).rejects.toMatchObject({ code: 'busy' })
  })
})
