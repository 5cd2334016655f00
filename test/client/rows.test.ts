import { describe, expect, it } from 'vitest'

import type { Item } from '../../src/client/store/item.ts'
import type { Outgoing } from '../../src/client/store/outgoing.ts'
import { withAck, withoutLogged, withRefusal } from '../../src/client/store/outgoing.ts'
import { toRows } from '../../src/client/store/rows.ts'
import type { RowSources } from '../../src/client/store/rows.ts'
import { event } from './support/events.ts'

type Notice = { readonly key: string; readonly after: number }

function item(seq: number, from: string, at = seq): Item {
  const none = { replyTo: undefined, mentions: [], isEdited: false, gone: undefined, reactions: [] }
  return { kind: 'message', seq, key: String(seq), at, from, text: 'x', ...none }
}

function outgoing(id: string): Outgoing {
  return { frame: { type: 'say', id, text: 'x' }, at: 100 }
}

function rows(sources: Partial<RowSources<Notice>>): readonly string[] {
  const all = toRows({
    items: [],
    outgoing: [],
    notices: [],
    me: 'm_me',
    readUpTo: null,
    dayOf: (at) => (at < 1_000_000 ? 'Monday' : 'Tuesday'),
    ...sources,
  })
  return all.map((row) => ('isFirst' in row && row.isFirst ? `${row.key} first` : row.key))
}

describe('rows', () => {
  it('group the messages of one author, but not over a long silence', () => {
    const items = [item(1, 'm_a'), item(2, 'm_a'), item(3, 'm_b'), item(4, 'm_b', 400_000)]
    expect(rows({ items })).toEqual(['day-Monday', '1 first', '2', '3 first', '4 first'])
  })

  it('begin a day with its line', () => {
    const items = [item(1, 'm_a', 999_990), item(2, 'm_a', 1_000_000)]
    expect(rows({ items })).toEqual(['day-Monday', '1 first', 'day-Tuesday', '2 first'])
  })

  it('mark the first message of others that was not read', () => {
    const items = [item(1, 'm_a'), item(2, 'm_me'), item(3, 'm_a')]
    expect(rows({ items, readUpTo: 1 })).toEqual([
      'day-Monday',
      '1 first',
      '2 first',
      'unread',
      '3 first',
    ])
    expect(rows({ items: items.slice(0, 2), readUpTo: 1 })).not.toContain('unread')
  })

  it('end with what is on its way, after private lines in their places', () => {
    const notices = [
      { key: 'n1', after: 1 },
      { key: 'n2', after: 2 },
    ]
    const sources = {
      items: [item(1, 'm_me'), item(2, 'm_me')],
      notices,
      outgoing: [outgoing('r')],
    }
    expect(rows(sources)).toEqual(['day-Monday', '1 first', 'n1', '2 first', 'n2', 'm_me:r first'])
  })
})

describe('what is on its way', () => {
  it('stays in sight until the log shows it', () => {
    const acknowledged = withAck([outgoing('a')], { id: 'a', seq: 9 }, 8)
    expect(acknowledged).toMatchObject([{ seq: 9 }])
    const logged = event(9, 'message', { text: 'x' }, { from: 'm_me', id: 'a' })
    expect(withoutLogged(acknowledged, [logged], 'm_me')).toEqual([])
  })

  it('is done with an acknowledgement when the log shows it already', () => {
    expect(withAck([outgoing('a')], { id: 'a', seq: 8 }, 8)).toEqual([])
  })

  it('[P24] is done with an acknowledgement when it was a command', () => {
    expect(withAck([outgoing('a')], { id: 'a', seq: null }, 8)).toEqual([])
  })

  it('is not taken for another member’s message under the same id', () => {
    const other = event(9, 'message', { text: 'x' }, { from: 'm_other', id: 'a' })
    expect(withoutLogged([outgoing('a')], [other], 'm_me')).toHaveLength(1)
  })

  it('keeps its text when it is refused', () => {
    const refused = withRefusal([outgoing('a'), outgoing('b')], { id: 'a', code: 'blocked' })
    expect(refused[0]).toMatchObject({ frame: { text: 'x' }, refused: { code: 'blocked' } })
    expect(refused[1]?.refused).toBeUndefined()
  })
})
