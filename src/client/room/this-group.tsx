import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'

import { useAttempt } from '../shell/attempt.ts'
import { Confirm } from '../shell/confirm.tsx'
import { wordsFor } from '../shell/failure.ts'
import { Failure } from '../shell/field.tsx'
import { HttpError } from '../shell/http.ts'
import { words } from '../shell/language.ts'
import { goTo } from '../shell/router.ts'
import { loadGroups } from '../shell/session.ts'
import { fill } from '../words/words.ts'
import { deleteMember } from './group-api.ts'
import { can } from './rights.ts'
import type { Room } from './room.ts'

interface ThisGroupProps {
  readonly room: Room
  readonly onOpen: (part: 'settings' | 'usage') => void
}

/** What concerns the group as a whole: its settings, what it uses, and the way out. */
export function ThisGroup({ room, onOpen }: ThisGroupProps) {
  const { members: say } = words.value
  const headingId = useId()
  const isLeaving = useSignal(false)
  const attempt = useAttempt()
  const leave = async () => {
    await deleteMember(room.group, room.me.id)
    await loadGroups()
    goTo('/')
  }
  const title = room.about.value?.group.title ?? ''
  return (
    <section class="this-group" aria-labelledby={headingId}>
      <h3 id={headingId}>{say.thisGroup}</h3>
      {isLeaving.value ? (
        <Confirm
          question={fill(say.leaveAsk, { title })}
          act={say.leave}
          isBusy={attempt.isBusy.value}
          onYes={() => attempt.run(leave)}
          onNo={() => {
            isLeaving.value = false
          }}
        />
      ) : (
        <div class="choices">
          {can(room, 'changeSettings') ? (
            <button type="button" class="button" onClick={() => onOpen('settings')}>
              {say.settings}
            </button>
          ) : null}
          {can(room, 'readLedger') ? (
            <button type="button" class="button" onClick={() => onOpen('usage')}>
              {say.usage}
            </button>
          ) : null}
          <button
            type="button"
            class="button grave"
            onClick={() => {
              isLeaving.value = true
            }}
          >
            {say.leave}
          </button>
        </div>
      )}
      {attempt.cause.value === null ? null : <Failure text={whyNot(attempt.cause.value)} />}
    </section>
  )
}

function whyNot(cause: unknown): string {
  const isLastOwner = cause instanceof HttpError && cause.status === 409
  return isLastOwner ? words.value.members.lastOwner : wordsFor(cause, words.value)
}
