import { useSignal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'

import { durationOf } from '../shell/amounts.ts'
import { useAttempt } from '../shell/attempt.ts'
import { Choice } from '../shell/choice.tsx'
import { momentOf } from '../shell/dates.ts'
import { wordsFor } from '../shell/failure.ts'
import { Failure, Form } from '../shell/field.tsx'
import { language, words } from '../shell/language.ts'
import { lazily } from '../shell/lazily.tsx'
import { fill, fillCount } from '../words/words.ts'
import { deleteInvite, fetchInvites, postInvite } from './group-api.ts'
import type { Invite, InviteTerms, OpenInvite } from './group-api.ts'
import { InviteList } from './invite-list.tsx'
import type { Room } from './room.ts'

const ROLES = ['member', 'guest'] as const
const SECONDS = [3_600, 86_400, 7 * 86_400]
const USES = [1, 10, 100]

const Qr = lazily(async () => (await import('./qr.tsx')).Qr)

/** Makes a link that lets others in, ready to be copied or scanned, and lists those that still work. */
export function InvitePart({ room }: { readonly room: Room }) {
  const { invite: say } = words.value
  const { group } = room
  const terms = useSignal<InviteTerms>({ role: 'member', uses: 100, expiresInSeconds: 7 * 86_400 })
  const invite = useSignal<Invite | null>(null)
  const isRevoked = useSignal(false)
  const open = useSignal<readonly OpenInvite[]>([])
  const attempt = useAttempt()
  const make = () =>
    attempt.run(async () => {
      invite.value = await postInvite(group, terms.value)
      isRevoked.value = false
      open.value = await fetchInvites(group)
    })
  const revoke = (id: string) =>
    attempt.run(async () => {
      await deleteInvite(group, id)
      if (id === invite.value?.id) isRevoked.value = true
      open.value = await fetchInvites(group)
    })
  useEffect(make, [group])
  const now = invite.value
  const needsLeave = room.about.value?.group.settings.join === 'approval'
  return (
    <>
      <p>{needsLeave ? say.leadApproval : say.lead}</p>
      {now === null ? null : isRevoked.value ? <Failure text={say.revoked} /> : <Link {...now} />}
      {now === null && attempt.isBusy.value ? <p role="status">{say.making}</p> : null}
      {attempt.cause.value === null ? null : (
        <Failure text={wordsFor(attempt.cause.value, words.value)} />
      )}
      <Terms terms={terms} isBusy={attempt.isBusy.value} onMake={make} />
      <InviteList room={room} invites={open.value} onRevoke={revoke} />
    </>
  )
}

function Link({ url, expiresAt }: Invite) {
  const { invite: say, common } = words.value
  const id = useId()
  const box = useRef<HTMLInputElement>(null)
  const isCopied = useSignal(false)
  useEffect(() => {
    isCopied.value = false
    box.current?.select()
  }, [url])
  const copy = async () => {
    box.current?.select()
    // Without permission, or on plain http, the selected text can still be copied by hand.
    isCopied.value = await (navigator.clipboard?.writeText(url) ?? Promise.reject()).then(
      () => true,
      () => false,
    )
  }
  return (
    <div class="invite-link">
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
      <div class="qr-place">
        <Qr text={url} name={say.qr} />
      </div>
    </div>
  )
}

interface TermsProps {
  readonly terms: Signal<InviteTerms>
  readonly isBusy: boolean
  readonly onMake: () => void
}

function Terms({ terms, isBusy, onMake }: TermsProps) {
  const { invite: say, members } = words.value
  const role = useSignal<InviteTerms['role']>(terms.value.role)
  const lasts = useSignal(terms.value.expiresInSeconds)
  const uses = useSignal(terms.value.uses)
  return (
    <Form
      label={say.renew}
      onSubmit={() => {
        terms.value = { role: role.value, uses: uses.value, expiresInSeconds: lasts.value }
        onMake()
      }}
    >
      <div class="terms">
        <Choice
          label={say.role}
          value={role}
          options={ROLES.map((value) => ({ value, label: members.roles[value] }))}
        />
        <Choice
          label={say.lasts}
          value={lasts}
          options={SECONDS.map((value) => ({ value, label: durationOf(value, language.value) }))}
        />
        <Choice
          label={say.uses}
          value={uses}
          options={USES.map((value) => ({
            value,
            label: fillCount(say.people, language.value, value),
          }))}
        />
      </div>
      <button class="button" aria-disabled={isBusy}>
        {say.renew}
      </button>
    </Form>
  )
}
