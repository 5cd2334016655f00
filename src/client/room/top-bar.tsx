import { language, words } from '../shell/language.ts'
import { fillCount } from '../words/words.ts'
import { can } from './rights.ts'
import type { Room } from './room.ts'

interface TopBarProps {
  readonly room: Room
  readonly onOpen: (part: 'groups' | 'members' | 'invite') => void
}

/** The group's name, who is here, and the ways to its people. */
export function TopBar({ room, onOpen }: TopBarProps) {
  const { room: say, rail } = words.value
  const { company } = room
  const here = company.onlineCount.value
  const about = room.about.value
  const counts = [
    fillCount(say.memberCount, language.value, Math.max(company.members.value.length, here)),
    fillCount(say.hereCount, language.value, here),
  ]
  return (
    <header class="top">
      <button
        type="button"
        class="button quiet icon narrow-only"
        aria-label={rail.open}
        onClick={() => onOpen('groups')}
      >
        <span aria-hidden="true">☰</span>
      </button>
      <div class="what">
        <h1>{about?.group.title ?? '…'}</h1>
        {about === null ? null : <p>{counts.join(language.value === 'en' ? ', ' : '，')}</p>}
      </div>
      <button type="button" class="button quiet not-wide-only" onClick={() => onOpen('members')}>
        {say.members} <Applicants room={room} />
      </button>
      {can(room, 'invite') ? (
        <button type="button" class="button" onClick={() => onOpen('invite')}>
          {say.invite}
        </button>
      ) : null}
    </header>
  )
}

function Applicants({ room }: { readonly room: Room }) {
  const count = can(room, 'admit') ? room.company.waiting.value : 0
  if (count === 0) return null
  return (
    <span class="waiting">
      <span aria-hidden="true">{count}</span>
      <span class="unseen">{fillCount(words.value.room.waitingCount, language.value, count)}</span>
    </span>
  )
}
