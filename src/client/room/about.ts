import type { MemberChange } from '../../protocol/events.ts'
import type { LogEvent, ReceivedWelcome } from '../link/received.ts'

/** What a welcome says about the group and oneself. */
export type About = Pick<ReceivedWelcome, 'group' | 'you' | 'assistant' | 'limits'>

const DEPARTURES: ReadonlySet<MemberChange> = new Set(['left', 'removed', 'banned'])

/** Whether an entry of the log says that this member is no longer one. */
export function isDeparture(event: LogEvent, member: string): boolean {
  const { kind } = event
  return kind === 'member' && event.body.member === member && DEPARTURES.has(event.body.change)
}

/** Follows what the log says about the group's settings and one's own role. */
export function withNews(about: About, event: LogEvent): About {
  if (event.kind === 'member' && event.body.member === about.you.id) {
    return { ...about, you: { ...about.you, role: event.body.role } }
  }
  if (event.kind !== 'settings') return about
  const { title = about.group.title, ...changed } = event.body.changed
  const settings = { ...about.group.settings, ...changed }
  return { ...about, group: { ...about.group, title, settings } }
}
