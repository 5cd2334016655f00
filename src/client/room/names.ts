import { ASSISTANT } from '../../protocol/events.ts'
import { words } from '../shell/language.ts'
import type { Person } from '../store/people.ts'
import type { Room } from './room.ts'

// 24 bits of a random id: enough to tell apart who meets in one group.
const TAIL_CHARS = 4

/** What to call a member here; oneself is "you". */
export function nameOf(room: Room, id: string): string {
  const { common } = words.value
  if (id === room.me.id) return common.you
  if (id === ASSISTANT) return assistantName(room)
  const person = room.company.people.value.get(id)
  return person === undefined ? common.someone : distinctName(room, person)
}

/** A member's name; with the end of their id where it looks like another's, since ids are never shared. */
export function distinctName({ company }: Room, { id, name }: Person): string {
  return company.namesakes.value.has(id) ? `${name} ·${id.slice(-TAIL_CHARS)}` : name
}

/** What the assistant is called: the group's own name for it, or the word of the language. */
export function assistantName(room: Room): string {
  const own = room.about.value?.group.settings.assistantName ?? ''
  const isOrdinary = ['', 'assistant', '助手'].includes(own.toLowerCase())
  return isOrdinary ? words.value.common.assistant : own
}
