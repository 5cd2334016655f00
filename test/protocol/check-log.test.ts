import { describe, expect, it } from 'vitest'

import type { GroupEvent } from '../../src/protocol/events.ts'
import { checkLog, countViolations } from '../support/check-log.ts'
import type { History, Verdict } from '../support/check-log.ts'

const joined: GroupEvent = {
  seq: 1,
  at: 1,
  kind: 'member',
  from: 'm_ada',
  body: { member: 'm_ada', change: 'joined', role: 'owner', name: 'Ada' },
}

function message(seq: number, from: string, id: string, text = `text of ${id}`): GroupEvent {
  return { seq, at: seq, kind: 'message', from, id, body: { text } }
}

const LOG = [
  joined,
  message(2, 'm_ada', 'a1'),
  message(3, 'm_ben', 'a1'),
  message(4, 'm_ada', 'a2'),
]
const GOOD: History = {
  acked: [
    { from: 'm_ada', id: 'a1', seq: 2 },
    { from: 'm_ben', id: 'a1', seq: 3 },
    { from: 'm_ada', id: 'a1', seq: 2 },
  ],
  seen: [LOG, LOG.slice(2)],
  log: LOG,
}

describe('the offline checker', () => {
  it('is content with a log that kept every promise', () => {
    const verdict = checkLog(GOOD)
    expect(verdict).toMatchObject({ acked: 2, durable: 3, examples: [] })
    expect(countViolations(verdict)).toBe(0)
  })

  const planted: readonly [string, Partial<Verdict>, Partial<History>][] = [
    [
      'an acknowledged message that is gone',
      { lost: 1 },
      { acked: [{ from: 'm_ada', id: 'a9', seq: 5 }] },
    ],
    [
      'an id that another member used',
      { lost: 1 },
      { acked: [{ from: 'm_ben', id: 'a2', seq: 4 }] },
    ],
    [
      'a message at another seq',
      { moved: 1, lost: 0 },
      { acked: [{ from: 'm_ada', id: 'a2', seq: 3 }] },
    ],
    [
      'a message that was appended twice',
      { twice: 1 },
      { log: [...LOG, message(5, 'm_ada', 'a1')] },
    ],
    ['a hole', { holes: 1 }, { log: [...LOG, message(6, 'm_ada', 'a3')] }],
    [
      'a seq that is there twice',
      { holes: 1 },
      { log: [...LOG, message(4, 'm_ben', 'b2')], seen: [], acked: [] },
    ],
    ['a log that does not start at 1', { holes: 1 }, { log: LOG.slice(1), seen: [] }],
    [
      'an event that was shown and is gone',
      { changed: 1 },
      { seen: [[message(5, 'm_ben', 'b5')]] },
    ],
    [
      'an event that was shown with another text',
      { changed: 1 },
      { seen: [[message(2, 'm_ada', 'a1', 'something else')]] },
    ],
    [
      'a message that overtook an earlier one',
      { overtaken: 1 },
      {
        acked: [
          { from: 'm_ada', id: 'a2', seq: 4 },
          { from: 'm_ada', id: 'a1', seq: 2 },
        ],
      },
    ],
  ]

  it.each(planted)('finds %s', (_, faults, history) => {
    const verdict = checkLog({ ...GOOD, ...history })
    expect(verdict).toMatchObject(faults)
    expect(countViolations(verdict)).toBe(1)
    expect(verdict.examples).toHaveLength(1)
  })
})
