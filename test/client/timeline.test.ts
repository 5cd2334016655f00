import { describe, expect, it } from 'vitest'

import type { Item } from '../../src/client/store/item.ts'
import {
  EMPTY,
  itemAt,
  startedFrom,
  trimmed,
  withEvents,
  withFresh,
  withOlder,
} from '../../src/client/store/timeline.ts'
import type { Timeline } from '../../src/client/store/timeline.ts'
import { event, message, messages } from './support/events.ts'

const seqsOf = ({ entries }: Timeline) => entries.map(({ item }) => item.seq)

function textOf(item: Item | undefined): string | undefined {
  return item?.kind === 'note' ? undefined : item?.text
}

describe('[P10] a timeline', () => {
  it('starts from a snapshot and goes on', () => {
    const timeline = withEvents(startedFrom(messages(5, 7), 7), messages(8, 9))
    expect(timeline).toMatchObject({ oldest: 5, last: 9 })
    expect(seqsOf(timeline)).toEqual([5, 6, 7, 8, 9])
  })

  it('takes neither doubles nor what lies beyond a hole', () => {
    const timeline = startedFrom(messages(1, 3), 3)
    expect(withEvents(timeline, [message(3), message(5)])).toBe(timeline)
    expect(seqsOf(withEvents(timeline, [message(2), message(4), message(6)]))).toEqual([1, 2, 3, 4])
  })

  it('is ready for what follows an empty snapshot', () => {
    expect(startedFrom([], 12)).toMatchObject({ oldest: 13, last: 12 })
    expect(withEvents(startedFrom([], 0), [message(1)])).toMatchObject({ oldest: 1, last: 1 })
  })

  it('counts entries that it does not know', () => {
    const foreign = { seq: 1, at: 1, kind: 'foreign', from: 'm_b' } as const
    expect(withEvents(EMPTY, [foreign, message(2)])).toMatchObject({ last: 2 })
  })

  it('puts an older page in front, and no other', () => {
    const timeline = startedFrom(messages(5, 7), 7)
    expect(seqsOf(withOlder(timeline, messages(2, 4)))).toEqual([2, 3, 4, 5, 6, 7])
    expect(withOlder(timeline, messages(1, 3))).toBe(timeline)
    expect(withOlder(timeline, [])).toBe(timeline)
  })

  it('lets the oldest go and takes them back', () => {
    const whole = startedFrom(messages(1, 9), 9)
    const short = trimmed(whole, 4)
    expect(short).toMatchObject({ oldest: 6, last: 9 })
    expect(seqsOf(withOlder(short, messages(1, 5)))).toEqual(seqsOf(whole))
  })
})

describe('what is changed afterwards', () => {
  const edited = event(6, 'edited', { target: 2, text: 'better' })

  it('shows an edit of a message that is there', () => {
    const timeline = withEvents(startedFrom(messages(1, 5), 5), [edited])
    expect(itemAt(timeline, 2)).toMatchObject({ text: 'better', isEdited: true })
  })

  it('shows an edit that was loaded before its message', () => {
    const timeline = withOlder(startedFrom([...messages(4, 5), edited], 6), messages(1, 3))
    expect(itemAt(timeline, 2)).toMatchObject({ text: 'better', isEdited: true })
  })

  it('shows the last of several edits, in whichever order pages bring them', () => {
    const first = event(3, 'edited', { target: 1, text: 'first' })
    const second = event(5, 'edited', { target: 1, text: 'second' })
    const timeline = withOlder(startedFrom([message(4), second], 5), [
      message(1),
      message(2),
      first,
    ])
    expect(textOf(itemAt(timeline, 1))).toBe('second')
  })

  it('[P8] takes a recalled message from the screen, and the replies that quoted it', () => {
    const reply = [
      event(2, 'reply.started', { to: 'm_ada', trigger: 1 }, { from: 'assistant' }),
      event(3, 'reply.ended', {
        reply: 2,
        status: 'complete',
        text: '“message 1” #1',
        source: 'local',
        quotes: [1],
      }),
    ]
    const timeline = withEvents(startedFrom([message(1), ...reply], 3), [
      event(4, 'recalled', { target: 1, also: [3] }),
    ])
    expect(itemAt(timeline, 1)).toMatchObject({ gone: 'recalled' })
    expect(itemAt(timeline, 2)).toMatchObject({ gone: 'recalled' })
  })

  it('brings a retracted message back when it was restored', () => {
    const timeline = withEvents(startedFrom([message(1)], 1), [
      event(2, 'retracted', { target: 1, rule: 'judge', by: 'moderation' }),
    ])
    expect(itemAt(timeline, 1)).toMatchObject({ gone: 'retracted' })
    const restored = withEvents(timeline, [event(3, 'restored', { target: 1 })])
    expect(itemAt(restored, 1)).toMatchObject({ gone: undefined, text: 'message 1' })
  })

  it('shows a restored message only once its text is there again', () => {
    const gone = event(1, 'message', { text: '', gone: 'retracted' })
    const timeline = withEvents(startedFrom([gone], 1), [event(2, 'restored', { target: 1 })])
    expect(itemAt(timeline, 1)).toMatchObject({ gone: 'retracted' })
    expect(itemAt(withFresh(timeline, message(1)), 1)).toMatchObject({ gone: undefined })
  })

  it('counts each member once per emoji, and lets them take it back', () => {
    const react = (seq: number, from: string, on: boolean) =>
      event(seq, 'reaction', { target: 1, emoji: '👍', on }, { from })
    let timeline = startedFrom([message(1)], 1)
    timeline = withEvents(timeline, [react(2, 'm_a', true), react(3, 'm_b', true)])
    timeline = withEvents(timeline, [react(4, 'm_a', true)])
    expect(itemAt(timeline, 1)).toMatchObject({ reactions: [{ emoji: '👍', by: ['m_b', 'm_a'] }] })
    timeline = withEvents(timeline, [react(5, 'm_a', false), react(6, 'm_b', false)])
    expect(itemAt(timeline, 1)).toMatchObject({ reactions: [] })
  })
})

describe('[P11] a reply', () => {
  const started = event(2, 'reply.started', { to: 'm_ada', trigger: 1 }, { from: 'assistant' })
  const ended = event(3, 'reply.ended', {
    reply: 2,
    status: 'stopped',
    text: 'Hel',
    source: 'model',
  })

  it('runs until it has ended, and its end is its truth', () => {
    const running = startedFrom([message(1), started], 2)
    expect(itemAt(running, 2)).toMatchObject({ kind: 'reply', status: 'running', text: '' })
    expect(itemAt(withEvents(running, [ended]), 2)).toMatchObject({
      status: 'stopped',
      text: 'Hel',
    })
  })

  it('is whole when its end was loaded before its beginning', () => {
    const timeline = withOlder(startedFrom([ended], 3), [message(1), started])
    expect(itemAt(timeline, 2)).toMatchObject({ status: 'stopped', text: 'Hel' })
  })
})

it('keeps the key of a request of one’s own, so that its row stays the same', () => {
  const own = event(1, 'message', { text: 'hi' }, { from: 'm_ada', id: 'r1' })
  expect(itemAt(startedFrom([own], 1), 1)?.key).toBe('m_ada:r1')
})
