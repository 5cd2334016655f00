import type { GroupEvent } from '../protocol/events.ts'
import type { Standing } from './api.ts'
import type { Room } from './room.ts'
import type { Person } from './roster.ts'
import { toEvent } from './stored-event.ts'
import { readSeqOf } from './welcome.ts'

/** Events that an unread count looks at; more than that is "many". */
const COUNTED_EVENTS = 1_000

/** What the sidebar shows of a group, seen from one member. */
export function standingOf(room: Room, { id: member, role }: Person): Standing {
  const { id, title } = room.facts
  const news = room.timeline.after(readSeqOf(member, room), COUNTED_EVENTS).map(toEvent)
  const unread = news.filter((event) => isSpoken(event) && event.from !== member)
  const mentions = unread.filter((event) => mentionsOf(event).includes(member)).length
  return { id, title, role, unread: unread.length, mentions, lastAt: room.timeline.lastAt }
}

function isSpoken({ kind }: GroupEvent): boolean {
  return kind === 'message' || kind === 'reply.ended'
}

function mentionsOf(event: GroupEvent): readonly string[] {
  return event.kind === 'message' ? (event.body.mentions ?? []) : []
}
