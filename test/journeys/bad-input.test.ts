import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { meet } from '../support/meeting.ts'
import { Member } from '../support/member.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

let server: Server

beforeAll(async () => {
  server = await startServer()
})

afterAll(async () => {
  await server.stop()
})

const REACT = '{"type":"react","id":"r","target":1,"emoji":"not one","on":true}'
const BAD: readonly [what: string, raw: string, code: string, id: string | null][] = [
  ['what is no JSON', '{"type":', 'bad_json', null],
  ['a list', '[1,2,3]', 'bad_frame', null],
  ['a type that nobody knows', '{"type":"shout","id":"a"}', 'unknown_type', 'a'],
  ['a say without an id', '{"type":"say","text":"hi"}', 'bad_id', null],
  ['an id with a space', '{"type":"say","id":"a b","text":"hi"}', 'bad_id', null],
  ['an empty text', '{"type":"say","id":"a","text":""}', 'bad_frame', 'a'],
  ['a text that is a number', '{"type":"say","id":"a","text":1}', 'bad_frame', 'a'],
  ['a text that is too long', say('x'.repeat(8_001)), 'too_big', 'long'],
  ['a frame that is too long', say('x'.repeat(70_000)), 'too_big', null],
  ['an emoji of words', REACT, 'bad_frame', 'r'],
  [
    'an edit of what is not there',
    '{"type":"edit","id":"e","target":99,"text":"x"}',
    'not_found',
    'e',
  ],
]

describe('bad input', () => {
  it.each(BAD)(
    '[P21] %s is refused once, changes nothing, disturbs nobody',
    async (_, raw, code, id) => {
      const { ada, ben, group, people } = await meet(server.url)
      await ben.settled()
      const heard = ben.frames.length
      const before = await people.ada.readLog(group)

      ada.send(raw)
      expect(await ada.next('refused')).toMatchObject({ code, id })
      await ada.settled()
      expect(ada.frames.filter(({ type }) => type === 'refused')).toHaveLength(1)
      expect(await people.ada.readLog(group)).toEqual(before)
      await ben.settled()
      expect(ben.frames.slice(heard).map(({ type }) => type)).toEqual(['page'])
    },
  )

  it('[P21] closes with 4501 after ten bad frames in a minute', async () => {
    const { ada, ben } = await meet(server.url)
    for (let count = 0; count < 10; count += 1) ada.send('nonsense')
    expect(await ada.closed).toBe(4501)
    await ben.settled()
    expect(ben.isOpen).toBe(true)
  })

  it('[P2] takes a ticket once, and only for its own group', async () => {
    const { group, people } = await meet(server.url)
    const other = await people.ada.createGroup('Elsewhere')
    const ticket = await people.ada.ticket(group)
    await expect(Member.open(server.url, other, ticket)).rejects.toThrow('refused')
    const fresh = await people.ada.ticket(group)
    await Member.open(server.url, group, fresh)
    await expect(Member.open(server.url, group, fresh)).rejects.toThrow('refused')
  })
})

function say(text: string): string {
  return JSON.stringify({ type: 'say', id: 'long', text })
}
