import { describe, expect, it } from 'vitest'

import { foundGroup } from '../support/room.ts'

const say = (fields: object) => JSON.stringify({ type: 'say', id: 'i', text: 'x', ...fields })

describe('[P21] bad input gets one refusal and changes nothing', () => {
  it.each([
    ['no JSON', 'nonsense', 'bad_json', null],
    ['a cut-off object', '{"type":"say","id":"i"', 'bad_json', null],
    ['a list', '[]', 'bad_frame', null],
    ['no type', '{"id":"i"}', 'bad_frame', 'i'],
    ['an unknown type', '{"type":"shout","id":"i"}', 'unknown_type', 'i'],
    ['a type of the server', '{"type":"welcome","id":"i"}', 'unknown_type', 'i'],
    ['no id', '{"type":"say","text":"x"}', 'bad_id', null],
    ['an id of 65 characters', say({ id: 'x'.repeat(65) }), 'bad_id', null],
    ['an id with a space', say({ id: 'a b' }), 'bad_id', null],
    ['text that is a number', say({ text: 7 }), 'bad_frame', 'i'],
    ['empty text', say({ text: '' }), 'bad_frame', 'i'],
    ['only invisible text', say({ text: '\u200B\u202E' }), 'bad_frame', 'i'],
    ['8,001 characters', say({ text: '字'.repeat(8_001) }), 'too_big', 'i'],
    ['more than 64 KiB', say({ text: 'x'.repeat(65_536) }), 'too_big', null],
    ['21 mentions', say({ mentions: Array.from({ length: 21 }, () => 'm_a') }), 'too_big', 'i'],
    ['a mention that is no id', say({ mentions: ['x'] }), 'bad_frame', 'i'],
    ['an upload that is none', say({ attachments: ['u_1'] }), 'not_found', 'i'],
    ['a depth of 9', say({ x: [[[[[[[[]]]]]]]] }), 'bad_frame', null],
    ['an answer to the future', say({ replyTo: 99 }), 'not_found', 'i'],
    ['an answer to minus one', say({ replyTo: -1 }), 'bad_frame', 'i'],
    ['an edit of nothing', '{"type":"edit","id":"i","target":9,"text":"x"}', 'not_found', 'i'],
    ['a recall of a join', '{"type":"recall","id":"i","target":1}', 'not_found', 'i'],
    [
      'a reaction with a word',
      '{"type":"react","id":"i","target":1,"emoji":"ok","on":true}',
      'bad_frame',
      'i',
    ],
    ['a stop of nothing', '{"type":"stop","id":"i","reply":1}', 'not_found', 'i'],
    ['an again of nothing', '{"type":"again","id":"i","reply":1}', 'not_found', 'i'],
    ['a fetch both ways', '{"type":"fetch","id":"i","after":1,"before":3}', 'bad_frame', 'i'],
    ['a fetch of none', '{"type":"fetch","id":"i","after":0,"limit":0}', 'bad_frame', 'i'],
    ['reading the future', '{"type":"read","seq":99}', 'not_found', null],
    ['a fractional seq', '{"type":"read","seq":1.5}', 'bad_frame', null],
  ])('%s', async (_, raw, code, id) => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    ada.send(raw)
    expect(await ada.next('refused')).toMatchObject({ code, id })
    await other.say('still here')
    await ada.event(({ kind }) => kind === 'message')
    expect(ada.frames.filter(({ type }) => type === 'refused')).toHaveLength(1)
    expect(other.frames.some(({ type }) => type === 'refused')).toBe(false)
    expect(await table.log()).toHaveLength(3)
  })

  it.each([
    ['8,000 characters', say({ text: '😀'.repeat(8_000) })],
    ['an id of 64 characters', say({ id: 'x'.repeat(64) })],
    ['20 mentions', say({ mentions: Array.from({ length: 20 }, () => 'm_a') })],
    ['a depth of 8', say({ x: [[[[[[[]]]]]]] })],
    ['fields that nobody knows', say({ color: 'red' })],
  ])('takes %s', async (_, raw) => {
    const table = await foundGroup()
    const ada = await table.connect()
    ada.send(raw)
    expect(await ada.next('ack')).toMatchObject({ seq: 2 })
  })

  it('closes with 4501 at the tenth bad frame in a minute, not before', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    for (let at = 0; at < 9; at += 1) {
      ada.send('nonsense')
      await ada.next('refused')
    }
    expect(await ada.say('still here')).toMatchObject({ type: 'ack' })
    ada.send('nonsense')
    await ada.next('refused')
    expect(await ada.end()).toBe(4501)
  })

  it('closes with 4506 for binary data', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    ada.send(new Uint8Array([1, 2, 3]).buffer)
    expect(await ada.end()).toBe(4506)
  })
})

describe('limits', () => {
  it('lets 20 messages through at once and names the wait for the next', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    const answers = await Promise.all(
      Array.from({ length: 21 }, async (_, at) => ada.say(`${at}`, { id: `b${at}` })),
    )
    expect(answers.slice(0, 20).every(({ type }) => type === 'ack')).toBe(true)
    expect(answers[20]).toMatchObject({ code: 'too_fast', id: 'b20' })
    const wait = answers[20]?.type === 'refused' ? answers[20].retryAfterMs : 0
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(1_000)
  })

  it('takes eight connections of a member and closes the ninth with 4505', async () => {
    const table = await foundGroup()
    for (let at = 0; at < 8; at += 1) await table.connect()
    const { webSocket } = await table.knock(table.owner.id)
    const code = await new Promise((resolve) => {
      webSocket?.addEventListener('close', (event) => resolve(event.code))
      webSocket?.accept()
    })
    expect(code).toBe(4505)
  })

  it('lets guests read and not speak', async () => {
    const table = await foundGroup()
    const guest = await table.join('Gus', 'guest')
    const seat = await table.connect(guest.id)
    expect(await seat.say('hi')).toMatchObject({ code: 'forbidden' })
    seat.send({ type: 'fetch', id: 'f', after: 0, limit: 10 })
    expect((await seat.next('page')).events).toHaveLength(2)
  })

  it('refuses a muted member and says for how long', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const other = await table.connect(bo.id)
    await table.group.changeMember(table.owner.id, bo.id, { mutedUntil: Date.now() + 60_000 })
    expect(await other.say('hi')).toMatchObject({ code: 'muted', retryAfterMs: expect.any(Number) })
  })
})
