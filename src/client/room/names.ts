import { ASSISTANT } from '../../protocol/events.ts'
import { words } from '../shell/language.ts'
import type { Room } from './room.ts'

/** What to call a member here; oneself is "you". */
export function nameOf(room: Room, id: string): string {
  const { common } = words.value
  if (id === room.me.id) return common.you
  if (id === ASSISTANT) return assistantName(room)
  return room.company.people.value.get(id)?.name ?? common.someone
}

/** What the assistant is called: the group's own name for it, or the word of the language. */
export function assistantName(room: Room): string {
  const own = room.about.value?.group.settings.assistantName ?? ''
  const isOrdinary = ['', 'assistant', '助手'].includes(own.toLowerCase())
  return isOrdinary ? words.value.common.assistant : own
}
