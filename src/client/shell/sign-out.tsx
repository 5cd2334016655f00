import { useSignal } from '@preact/signals'

import { fill } from '../words/words.ts'
import { useAttempt } from './attempt.ts'
import { Confirm } from './confirm.tsx'
import { wordsFor } from './failure.ts'
import { Failure } from './field.tsx'
import { words } from './language.ts'
import { goTo } from './router.ts'
import { session, signOut } from './session.ts'
import { Sheet } from './sheet.tsx'

/** Ends the session on this device, after a warning; nothing for someone who has none. */
export function SignOut() {
  const { rail } = words.value
  const isAsking = useSignal(false)
  const attempt = useAttempt()
  const now = session.value
  if (now.is !== 'signedIn') return null
  const close = () => {
    isAsking.value = false
  }
  const leave = async () => {
    await signOut()
    close()
    goTo('/')
  }
  return (
    <>
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          isAsking.value = true
        }}
      >
        {rail.signOut}
      </button>
      {isAsking.value ? (
        <Sheet title={rail.signOutAsk} onClose={close}>
          <Confirm
            question={fill(rail.signOutText, { name: now.me.name })}
            act={rail.signOut}
            isBusy={attempt.isBusy.value}
            onYes={() => attempt.run(leave)}
            onNo={close}
          />
          {attempt.cause.value === null ? null : (
            <Failure text={wordsFor(attempt.cause.value, words.value)} />
          )}
        </Sheet>
      ) : null}
    </>
  )
}
