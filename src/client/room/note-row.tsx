import { timeOf } from '../shell/dates.ts'
import { language, words } from '../shell/language.ts'
import type { Note } from '../store/item.ts'
import { distinctName, nameOf } from './names.ts'
import { sentenceOf } from './note.ts'
import type { Room } from './room.ts'

/** A quiet line about who came and went, or what was changed. */
export function NoteRow({ room, note }: { readonly room: Room; readonly note: Note }) {
  const call = { by: nameOf(room, note.from), name: nameOfOther(room, note) }
  return (
    <p class="note">
      <span>{sentenceOf(note, call, words.value, language.value)}</span>
      <time dateTime={new Date(note.at).toISOString()}>{timeOf(note.at, language.value)}</time>
    </p>
  )
}

function nameOfOther(room: Room, { about, from }: Note): string {
  if (about.is === 'settings') return ''
  const { member, name } = about
  const { you, youAsObject } = words.value.common
  if (member === room.me.id) return from === member ? you : youAsObject
  // The name that they had then, for someone whom nothing else knows.
  const person = room.company.people.value.get(member)
  return person === undefined ? name : distinctName(room, person)
}
