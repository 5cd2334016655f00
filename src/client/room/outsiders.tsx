import { useId } from 'preact/hooks'

import { useAttempt } from '../shell/attempt.ts'
import { wordsFor } from '../shell/failure.ts'
import { Failure } from '../shell/field.tsx'
import { words } from '../shell/language.ts'
import type { Person } from '../store/people.ts'
import { fill } from '../words/words.ts'
import { deleteMember, patchMember } from './group-api.ts'
import type { Room } from './room.ts'

interface OutsidersPlace {
  readonly room: Room
  /** Who was decided about is gone from here, and with them the button that had the focus. */
  readonly onGone: () => void
}

/** Those who wait to be let in. */
export function Applicants({ room, onGone }: OutsidersPlace) {
  const { members: say } = words.value
  const { group } = room
  const headingId = useId()
  const admit = (id: string) => patchMember(group, id, { state: 'active' })
  const deny = (id: string) => deleteMember(group, id)
  return (
    <section class="applicants" aria-labelledby={headingId}>
      <h3 id={headingId}>{say.waiting}</h3>
      <Outsiders
        room={room}
        onGone={onGone}
        people={room.company.applicants.value}
        answers={[
          { act: say.letIn, run: admit },
          { act: say.deny, run: deny },
        ]}
      />
    </section>
  )
}

/** Those who were shut out, folded away. */
export function Banned({ room, onGone }: OutsidersPlace) {
  const { members: say } = words.value
  const people = room.company.banned.value
  const unban = (id: string) => patchMember(room.group, id, { state: 'active' })
  return (
    <details class="banned">
      <summary>
        {say.banned} ({people.length})
      </summary>
      <Outsiders
        room={room}
        onGone={onGone}
        people={people}
        answers={[{ act: say.unban, run: unban }]}
      />
    </details>
  )
}

interface OutsidersProps extends OutsidersPlace {
  readonly people: readonly Person[]
  readonly answers: readonly { readonly act: string; readonly run: (id: string) => Promise<void> }[]
}

function Outsiders({ room, onGone, people, answers }: OutsidersProps) {
  const { members: say } = words.value
  const attempt = useAttempt()
  return (
    <>
      <ul>
        {people.map(({ id, name }) => (
          <li key={id} class="outsider">
            <span class="member-name">{name}</span>
            <span class="choices">
              {answers.map(({ act, run }) => (
                <button
                  key={act}
                  type="button"
                  class="button"
                  aria-label={fill(say.actOn, { act, name })}
                  aria-disabled={attempt.isBusy.value}
                  onClick={() =>
                    attempt.run(async () => {
                      await run(id)
                      await room.company.load()
                      onGone()
                    })
                  }
                >
                  {act}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {attempt.cause.value === null ? null : (
        <Failure text={wordsFor(attempt.cause.value, words.value)} />
      )}
    </>
  )
}
