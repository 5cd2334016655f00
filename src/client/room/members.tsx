import { ROLES } from '../../protocol/events.ts'
import { language, words } from '../shell/language.ts'
import type { Person } from '../store/people.ts'
import { fillCount } from '../words/words.ts'
import { assistantName } from './names.ts'
import type { Room } from './room.ts'

// A list of a thousand is no list that anyone reads.
const MOST_SHOWN = 200

/** Who belongs to the group, who is here, and what the assistant gets to see. */
export function Members({ room }: { readonly room: Room }) {
  const { members: say, room: of } = words.value
  const people = inOrder(room)
  const mode = room.about.value?.group.settings.mode
  const state = room.about.value?.assistant.state ?? 'ok'
  return (
    <div class="members">
      <ul aria-label={of.members}>
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
          <Member key={person.id} room={room} person={person} />
        ))}
      </ul>
      {people.length > MOST_SHOWN ? (
        <p class="quiet">{fillCount(say.more, language.value, people.length - MOST_SHOWN)}</p>
      ) : null}
      <section class="card sees">
        <h3>{say.sees}</h3>
        <p>{say.seesText}</p>
        {state === 'ok' ? null : <p>{words.value.assistantState[state]}</p>}
      </section>
    </div>
  )
}

function Member({ room, person }: { readonly room: Room; readonly person: Person }) {
  const { members: say, common } = words.value
  const { id, name, role } = person
  const isHere = room.online.value.has(id)
  const isTyping = room.typing.members.value.includes(id)
  const [initial = ''] = name
  return (
    <li>
      <span class={isHere ? 'avatar here' : 'avatar'} aria-hidden="true">
        {initial.toUpperCase()}
      </span>
      <span>
        <span class="member-name">{name}</span>
        {id === room.me.id ? <span class="quiet"> {common.you}</span> : null}
        <small>{isTyping ? say.typing : isHere ? say.here : say.away}</small>
      </span>
      {role === 'member' ? null : <span class="tag">{say.roles[role]}</span>}
    </li>
  )
}

// Whoever is here comes first, then those with more to decide, then by name.
function inOrder({ people, online }: Room): readonly Person[] {
  const isAway = ({ id }: Person) => Number(!online.value.has(id))
  return [...people.value.values()]
    .filter(({ isMember }) => isMember)
    .toSorted(
      (one, other) =>
        isAway(one) - isAway(other) ||
        ROLES.indexOf(one.role) - ROLES.indexOf(other.role) ||
        one.name.localeCompare(other.name),
    )
}
