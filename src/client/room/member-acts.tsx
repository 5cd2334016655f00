import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { durationOf } from '../shell/amounts.ts'
import { useAttempt } from '../shell/attempt.ts'
import { Confirm } from '../shell/confirm.tsx'
import { wordsFor } from '../shell/failure.ts'
import { Failure } from '../shell/field.tsx'
import { language, words } from '../shell/language.ts'
import type { Person } from '../store/people.ts'
import { fill } from '../words/words.ts'
import type { Act } from './acts.ts'
import { deleteMember, patchMember, postTransfer } from './group-api.ts'
import type { Room } from './room.ts'

interface MemberActsProps {
  readonly room: Room
  readonly person: Person
  readonly acts: readonly Act[]
  readonly onDone: () => void
}

/** What can be done to a member, each a button; the grave ones ask once more. */
export function MemberActs({ room, person, acts, onDone }: MemberActsProps) {
  const { members: say } = words.value
  const place = useRef<HTMLDivElement>(null)
  const asking = useSignal<Act | null>(null)
  const attempt = useAttempt()
  const { name } = person
  const run = (act: Act) =>
    attempt.run(async () => {
      await perform(room.group, person.id, act)
      await room.company.load()
      onDone()
    })
  useEffect(() => {
    if (asking.value === null) place.current?.querySelector('button')?.focus()
  }, [asking.value === null])
  const question = asking.value?.is === 'ban' ? say.banAsk : say.transferAsk
  return (
    <div
      ref={place}
      class="acts"
      role="group"
      aria-label={fill(say.acts, { name })}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        // The sheet around it stays open.
        event.preventDefault()
        event.stopPropagation()
        onDone()
      }}
    >
      {asking.value !== null ? (
        <Confirm
          question={fill(question, { name })}
          act={labelOf(asking.value)}
          isBusy={attempt.isBusy.value}
          onYes={() => {
            if (asking.value !== null) run(asking.value)
          }}
          onNo={() => {
            asking.value = null
          }}
        />
      ) : (
        acts.map((act) => (
          <button
            key={labelOf(act)}
            type="button"
            class={act.is === 'remove' || act.is === 'ban' ? 'button quiet grave' : 'button quiet'}
            aria-disabled={attempt.isBusy.value}
            onClick={() => {
              if (act.is === 'ban' || act.is === 'transfer') asking.value = act
              else run(act)
            }}
          >
            {labelOf(act)}
          </button>
        ))
      )}
      {attempt.cause.value === null ? null : (
        <Failure text={wordsFor(attempt.cause.value, words.value)} />
      )}
    </div>
  )
}

function labelOf(act: Act): string {
  const { members: say } = words.value
  switch (act.is) {
    case 'mute':
      return fill(say.mute, { time: durationOf(act.seconds, language.value) })
    case 'make':
      return fill(say.make, { role: say.roles[act.role] })
    case 'transfer':
      return fill(say.make, { role: say.roles.owner })
    case 'unmute':
    case 'remove':
    case 'ban':
      return say[act.is]
  }
}

function perform(group: string, member: string, act: Act): Promise<void> {
  switch (act.is) {
    case 'mute':
      return patchMember(group, member, { mutedUntil: Date.now() + act.seconds * 1_000 })
    case 'unmute':
      return patchMember(group, member, { mutedUntil: 0 })
    case 'make':
      return patchMember(group, member, { role: act.role })
    case 'transfer':
      return postTransfer(group, member)
    case 'remove':
      return deleteMember(group, member)
    case 'ban':
      return patchMember(group, member, { state: 'banned' })
  }
}
