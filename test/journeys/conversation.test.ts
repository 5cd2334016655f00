import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { meet } from '../support/meeting.ts'
import type { Member } from '../support/member.ts'
import { signIn } from '../support/person.ts'
import { RawSocket } from '../support/raw-socket.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

let server: Server

beforeAll(async () => {
  server = await startServer()
})

afterAll(async () => {
  await server.stop()
})

describe('two members who talk', () => {
  it('[P6] are acknowledged first, then shown the same event', async () => {
    const { ada, ben } = await meet(server.url)
    const { id, seq, at } = await ada.say('hello')

    const event = {
      seq,
      at,
      id,
      kind: 'message',
      from: ada.welcome.you.id,
      body: { text: 'hello' },
    }
    expect(await ada.nextEvent('message')).toMatchObject(event)
    expect(await ben.nextEvent('message')).toMatchObject(event)
    const types = typesOf(ada)
    expect(types.indexOf('ack')).toBeLessThan(types.indexOf('event'))
  })

  it('[P5] see the same events in the same order', async () => {
    const { ada, ben, group, people } = await meet(server.url)
    await Promise.all([1, 2, 3].flatMap((n) => [ada.say(`ada ${n}`), ben.say(`ben ${n}`)]))
    await Promise.all([ada.caughtUp(8), ben.caughtUp(8)])

    expect(ada.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(ben.events).toEqual(ada.events)
    expect(await people.ben.readLog(group)).toEqual(ada.events)
  })

  it('[P7] may say it again: the first seq, and nothing appended', async () => {
    const { ada } = await meet(server.url)
    const first = await ada.say('once', { id: 'same-id' })
    const second = await ada.say('once', { id: 'same-id' })
    expect(second).toEqual({ ...first, duplicate: true })

    const other = await ada.request({ type: 'say', id: 'same-id', text: 'something else' })
    expect(other).toMatchObject({ type: 'refused', id: 'same-id', code: 'id_conflict' })
    await ada.settled()
    expect(ada.head).toBe(first.seq)
  })

  it('[P8] edit, react and recall; what is recalled is gone from later pages', async () => {
    const { ada, ben, group, people } = await meet(server.url)
    const { seq } = await ada.say('a secret plan')
    await ada.edit(Number(seq), 'another secret plan')
    await ben.react(Number(seq), '👍')
    await ada.recall(Number(seq))

    expect((await ben.nextEvent('edited')).body).toMatchObject({ text: 'another secret plan' })
    expect((await ada.nextEvent('reaction')).body).toEqual({ target: seq, emoji: '👍', on: true })
    expect((await ben.nextEvent('recalled')).body).toMatchObject({ target: seq })
    const log = await people.ben.readLog(group)
    expect(log).toHaveLength(6)
    expect(JSON.stringify(log)).not.toContain('secret')
  })

  it('[P8] may not edit or recall what another said', async () => {
    const { ada, ben } = await meet(server.url)
    const { seq } = await ada.say('mine')
    const target = Number(seq)
    const edit = await ben.request({ type: 'edit', target, text: 'yours' })
    expect(edit).toMatchObject({ type: 'refused', code: 'forbidden' })
    const recall = await ben.request({ type: 'recall', target })
    expect(recall).toMatchObject({ type: 'refused', code: 'forbidden' })
  })

  it('[P17] get a pong for a ping', async () => {
    const { ada } = await meet(server.url)
    ada.send('ping')
    expect(await ada.next('pong')).toEqual({ type: 'pong' })
  })

  it('[P24] command without leaving a trace in the log', async () => {
    const { ada, ben } = await meet(server.url)
    const known = await ada.request({ type: 'say', text: '/why' })
    expect(known).toMatchObject({ type: 'ack', seq: null })
    const unknown = await ada.request({ type: 'say', text: '/no-such-command' })
    expect(unknown).toMatchObject({ type: 'refused', code: 'not_found' })
    await ben.settled()
    expect(ben.head).toBe(2)
  })

  it('[P23] hear nothing more and are closed with 4503 when they are removed', async () => {
    const { ada, group, people } = await meet(server.url)
    // Read from the wire: after the close frame, some clients wait for the end of the connection.
    const address = new URL(`${server.url}/api/groups/${group}/socket`)
    const ticket = await people.ben.ticket(group)
    const received: Buffer[] = []
    const closeFrame = Promise.withResolvers<void>()
    const ben = await RawSocket.open(address, ['parley.v1', `ticket.${ticket}`], (bytes) => {
      received.push(bytes)
      if (Buffer.concat(received).includes(Buffer.from([0x11, 0x97]))) closeFrame.resolve()
    })
    await people.ada.call('DELETE', `/groups/${group}/members/${people.ben.id}`)
    await ada.say('now we are alone')
    await closeFrame.promise

    const text = Buffer.concat(received).toString()
    expect(text).toContain('"change":"removed"')
    expect(text).not.toContain('now we are alone')
    await expect(people.ben.connect(group)).rejects.toThrow(/: 40[34] /)
    ben.close()
  })
})

describe('the assistant at the table', () => {
  it('[P12] streams a local reply whose deltas join to its text', async () => {
    const { ada, ben } = await meet(server.url)
    const { seq: trigger } = await ada.say('@assistant help')

    const { seq: reply, body: started } = await ben.nextEvent('reply.started')
    expect(started).toMatchObject({ trigger, to: ada.welcome.you.id })
    const { body: ended } = await ben.nextEvent('reply.ended')
    expect(ended).toMatchObject({ reply, status: 'complete', source: 'local' })

    const deltas = ben.frames.filter((frame) => frame.type === 'delta')
    expect(deltas.length).toBeGreaterThan(0)
    let text = ''
    for (const delta of deltas) {
      expect(delta).toMatchObject({ reply, run: 1, offset: text.length })
      text += delta.text
    }
    expect(ended.text.startsWith(text)).toBe(true)
    expect(ended.text).not.toBe('')

    const types = typesOf(ben)
    const order = [
      ben.frames.findIndex((frame) => frame.type === 'event' && frame.kind === 'reply.started'),
      types.indexOf('delta'),
      types.lastIndexOf('delta'),
      ben.frames.findIndex((frame) => frame.type === 'event' && frame.kind === 'reply.ended'),
    ]
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })

  it('[P13] is mentioned by its Chinese name and added to the mentions', async () => {
    const { ada, ben } = await meet(server.url)
    await ada.say('@助手 帮助')
    expect((await ben.nextEvent('message')).body.mentions).toEqual(['assistant'])
    expect((await ben.nextEvent('reply.ended')).body).toMatchObject({ source: 'local' })
  })

  it('[P13] keeps quiet where nobody speaks to it', async () => {
    const { ada, ben } = await meet(server.url)
    await ada.say('the word `@assistant` in code is no mention')
    await ben.settled()
    expect(ben.events.map(({ kind }) => kind)).not.toContain('reply.started')
  })
})

describe('who comes later', () => {
  it('[P3] finds the log that the others have', async () => {
    const { ada, group, people } = await meet(server.url)
    for (const text of ['one', 'two', 'three']) await ada.say(text)
    const cleo = await signIn(server.url, 'Cleo')
    await cleo.join(await people.ada.invite(group))
    const late = await cleo.connect(group)
    await ada.say('four')

    await Promise.all([ada.caughtUp(7), late.caughtUp(7)])
    expect(late.welcome.mode).toBe('snapshot')
    expect(late.events).toEqual(ada.events)
  })

  it('[P4] resumes after the last event it had', async () => {
    const { ada, ben, group, people } = await meet(server.url)
    await ben.settled()
    const { head: since, welcome } = ben
    await ben.close()
    const missed = [await ada.say('while you were out'), await ada.say('and this')]

    const back = await people.ben.connect(group, { since, epoch: welcome.epoch })
    expect(back.welcome).toMatchObject({ mode: 'resumed', more: false, head: missed[1]?.seq })
    expect(back.events.map(({ seq }) => seq)).toEqual(missed.map(({ seq }) => seq))
  })

  it.each([
    ['another epoch', { since: 1, epoch: 'e_of_another_log' }],
    ['a seq that is not there yet', { since: 1_000, epoch: undefined }],
  ])('[P4] starts over with %s', async (_, { since, epoch }) => {
    const { ben, group, people } = await meet(server.url)
    const back = await people.ben.connect(group, { since, epoch: epoch ?? ben.welcome.epoch })
    expect(back.welcome.mode).toBe('reset')
    expect(back.events).toHaveLength(2)
  })

  it('[P9] gets the same pages over HTTP and over the socket', async () => {
    const { ada, group, people } = await meet(server.url)
    for (let n = 1; n <= 8; n += 1) await ada.say(`message ${n}`)
    for (const query of [
      { after: 0, limit: 4 },
      { after: 8, limit: 4 },
      { before: 5, limit: 3 },
      { before: 2, limit: 3 },
    ]) {
      const { events, more } = await ada.fetch(query)
      expect(await people.ada.page(group, query)).toEqual({ events, more })
    }
    const { events, more } = await ada.fetch({ before: 5, limit: 3 })
    expect([events.map(({ seq }) => seq), more]).toEqual([[2, 3, 4], true])
  })
})

function typesOf(member: Member): readonly string[] {
  return member.frames.map(({ type }) => type)
}
