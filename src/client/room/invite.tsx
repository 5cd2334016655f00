import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'

import { postInvite } from '../shell/api.ts'
import type { Invite } from '../shell/api.ts'
import { useAttempt } from '../shell/attempt.ts'
import { momentOf } from '../shell/dates.ts'
import { wordsFor } from '../shell/failure.ts'
import { Failure } from '../shell/field.tsx'
import { language, words } from '../shell/language.ts'
import { Sheet } from '../shell/sheet.tsx'
import { fill } from '../words/words.ts'

interface InviteSheetProps {
  readonly group: string
  readonly onClose: () => void
}

/** Makes a link that lets others in, ready to be copied. */
export function InviteSheet({ group, onClose }: InviteSheetProps) {
  const { invite: say } = words.value
  const invite = useSignal<Invite | null>(null)
  const attempt = useAttempt()
  useEffect(() => {
    attempt.run(async () => {
      invite.value = await postInvite(group)
    })
  }, [group])
  return (
    <Sheet title={say.heading} onClose={onClose}>
      <p>{say.lead}</p>
      {invite.value === null ? null : <Link {...invite.value} />}
      {attempt.isBusy.value ? <p role="status">{say.making}</p> : null}
      {attempt.cause.value === null ? null : (
        <Failure text={wordsFor(attempt.cause.value, words.value)} />
      )}
    </Sheet>
  )
}

function Link({ url, expiresAt }: Invite) {
  const { invite: say, common } = words.value
  const id = useId()
  const box = useRef<HTMLInputElement>(null)
  const isCopied = useSignal(false)
  useEffect(() => box.current?.select(), [])
  const copy = async () => {
    box.current?.select()
    // Without permission, or on plain http, the selected text can still be copied by hand.
    isCopied.value = await (navigator.clipboard?.writeText(url) ?? Promise.reject()).then(
      () => true,
      () => false,
    )
  }
  return (
    <div class="field">
      <label for={id}>{say.link}</label>
      <div class="copy">
        <input ref={box} id={id} value={url} readOnly onFocus={() => box.current?.select()} />
        <button type="button" class="button solid" onClick={() => void copy()}>
          {isCopied.value ? common.copied : common.copy}
        </button>
      </div>
      <small>{fill(say.until, { date: momentOf(expiresAt, language.value) })}</small>
    </div>
  )
}
