import { useEffect, useMemo, useRef } from 'preact/hooks'

import { whenOf } from '../shell/dates.ts'
import { language, words } from '../shell/language.ts'
import { lazily } from '../shell/lazily.tsx'
import type { Person } from '../store/people.ts'
import { fill } from '../words/words.ts'
import { actsOn } from './acts.ts'
import { Muted } from './muted.ts'
import { distinctName } from './names.ts'
import type { Room } from './room.ts'

const MemberActs = lazily(async () => (await import('./member-acts.tsx')).MemberActs)

interface MemberRowProps {
  readonly room: Room
  readonly person: Person
  /** Whether what can be done to them is folded out. */
  readonly isOpen: boolean
  readonly onToggle: () => void
  /** Something was done after which there is no row, or no button in it, that could have the focus. */
  readonly onGone: () => void
}

/** One member: here or away, what they are, and for whoever may what can be done about it. */
export function MemberRow({ room, person, isOpen, onToggle, onGone }: MemberRowProps) {
  const { members: say, common } = words.value
  const { id, name, role } = person
  const handle = useRef<HTMLButtonElement>(null)
  const until = useMute(person.mutedUntil)
  const isMe = id === room.me.id
  const mine = room.about.value?.you.role ?? 'guest'
  const acts = isMe ? [] : actsOn(mine, person, until > 0)
  const isHere = room.company.online.value.has(id)
  const isTyping = room.typing.members.value.includes(id)
  const states = [
    isTyping ? say.typing : isHere ? say.here : say.away,
    ...(until > 0 ? [fill(say.mutedUntil, { time: whenOf(until, language.value) })] : []),
  ]
  const [initial = ''] = name
  const close = () => {
    onToggle()
    if (handle.current === null) onGone()
    else handle.current.focus()
  }
  return (
    <li>
      <span class={isHere ? 'avatar here' : 'avatar'} aria-hidden="true">
        {initial.toUpperCase()}
      </span>
      <span>
        <span class="member-name">{distinctName(room, person)}</span>
        {isMe ? <span class="quiet"> {common.you}</span> : null}
        <small>{states.join(' · ')}</small>
      </span>
      {role === 'member' ? <span /> : <span class="tag">{say.roles[role]}</span>}
      {acts.length === 0 ? null : (
        <button
          ref={handle}
          type="button"
          class="button quiet icon"
          aria-label={fill(say.acts, { name })}
          aria-expanded={isOpen}
          onClick={onToggle}
        >
          <span aria-hidden="true">⋯</span>
        </button>
      )}
      {isOpen && acts.length > 0 ? (
        <MemberActs room={room} person={person} acts={acts} onDone={close} />
      ) : null}
    </li>
  )
}

// Ends by itself when the time is over.
function useMute(until: number): number {
  const muted = useMemo(() => new Muted(), [])
  useEffect(() => {
    muted.set(until)
    return () => muted.stop()
  }, [muted, until])
  return muted.until.value
}
