import { timeOf } from '../shell/dates.ts'
import { language, words } from '../shell/language.ts'
import type { Note } from '../store/item.ts'
import { fill } from '../words/words.ts'
import { nameOf } from './names.ts'
import type { Room } from './room.ts'

/** A quiet line about who came and went, or what was changed. */
export function NoteRow({ room, note }: { readonly room: Room; readonly note: Note }) {
  return (
    <p class="note">
      <span>{sentence(room, note)}</span>
      <time dateTime={new Date(note.at).toISOString()}>{timeOf(note.at, language.value)}</time>
    </p>
  )
}

function sentence(room: Room, { about, from }: Note): string {
  const { notes, members } = words.value
  if (about.is === 'settings') return fill(notes.settings, { name: nameOf(room, from) })
  const name = room.people.value.get(about.member)?.name ?? about.name
  return fill(notes[about.change] ?? notes.joined, { name, role: members.roles[about.role] })
}
