import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'

import { ROLES } from '../../protocol/events.ts'
import { language, words } from '../shell/language.ts'
import { lazily } from '../shell/lazily.tsx'
import type { Person } from '../store/people.ts'
import { fillCount } from '../words/words.ts'
import { MemberRow } from './member-row.tsx'
import { assistantName } from './names.ts'
import { can } from './rights.ts'
import type { Room } from './room.ts'
import { ThisGroup } from './this-group.tsx'

// A list of a thousand is no list that anyone reads.
const MOST_SHOWN = 200

const Applicants = lazily(async () => (await import('./outsiders.tsx')).Applicants)
const Banned = lazily(async () => (await import('./outsiders.tsx')).Banned)

interface MembersProps {
  readonly room: Room
  readonly onOpen: (part: 'settings' | 'usage') => void
}

/** Who belongs to the group, who is here, who wants in, and what the assistant gets to see. */
export function Members({ room, onOpen }: MembersProps) {
  const { members: say, room: of } = words.value
  const { company } = room
  const people = inOrder(room)
  const open = useSignal<string | null>(null)
  const list = useRef<HTMLUListElement>(null)
  const mode = room.about.value?.group.settings.mode
  const state = room.about.value?.assistant.state ?? 'ok'
  return (
    <div class="members">
      {can(room, 'admit') && company.applicants.value.length > 0 ? (
        <Applicants room={room} onGone={() => list.current?.focus()} />
      ) : null}
      <ul ref={list} tabIndex={-1} aria-label={of.members}>
        <li>
          <span class="avatar assistant" aria-hidden="true">
            圆
          </span>
          <span>
            {assistantName(room)}
            <small>{mode === 'off' ? say.keepsQuiet : say.speaksWhenAsked}</small>
          </span>
          <span class="tag">{say.ai}</span>
        </li>
        {people.slice(0, MOST_SHOWN).map((person) => (
          <MemberRow
            key={person.id}
            room={room}
            person={person}
            isOpen={open.value === person.id}
            onToggle={() => {
              open.value = open.value === person.id ? null : person.id
            }}
            onGone={() => list.current?.focus()}
          />
        ))}
      </ul>
      {people.length > MOST_SHOWN ? (
        <p class="quiet">{fillCount(say.more, language.value, people.length - MOST_SHOWN)}</p>
      ) : null}
      {can(room, 'ban') && company.banned.value.length > 0 ? (
        <Banned room={room} onGone={() => list.current?.focus()} />
      ) : null}
      <ThisGroup room={room} onOpen={onOpen} />
      <section class="card sees">
        <h3>{say.sees}</h3>
        <p>{say.seesText}</p>
        {state === 'ok' ? null : <p>{words.value.assistantState[state]}</p>}
      </section>
    </div>
  )
}

// Whoever is here comes first, then those with more to decide, then by name.
function inOrder({ company: { members, online } }: Room): readonly Person[] {
  const isAway = ({ id }: Person) => Number(!online.value.has(id))
  return members.value.toSorted(
    (one, other) =>
      isAway(one) - isAway(other) ||
      ROLES.indexOf(one.role) - ROLES.indexOf(other.role) ||
      one.name.localeCompare(other.name),
  )
}
