import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { acceptInvite } from './api.ts'
import { Asked } from './asked.tsx'
import { useAttempt } from './attempt.ts'
import { PageTop } from './brand.tsx'
import { wordsFor, wordsForInvite } from './failure.ts'
import { Failure, Field, Form } from './field.tsx'
import { words } from './language.ts'
import { goTo, pathOf } from './router.ts'
import { loadGroups, session, signInAs } from './session.ts'

/** Where an invite link leads: says who reads along, asks for a name, and lets one in. */
export function Join({ code }: { readonly code: string }) {
  const { join } = words.value
  const me = session.value.is === 'signedIn' ? session.value.me : null
  const name = useSignal(me?.name ?? '')
  const isSignedIn = useSignal(false)
  const waitsFor = useSignal<string | null>(null)
  const attempt = useAttempt()
  useEffect(() => {
    if (name.peek() === '') name.value = me?.name ?? ''
  }, [me, name])
  useEffect(() => {
    document.title = `${join.title} – Parley 圆桌`
  }, [join])
  const enter = async () => {
    isSignedIn.value = false
    await signInAs(name.value.trim())
    isSignedIn.value = true
    const { group, isWaiting } = await acceptInvite(code)
    if (isWaiting) waitsFor.value = group
    else await goIn(group)
  }
  if (waitsFor.value !== null) {
    const group = waitsFor.value
    return (
      <div class="page narrow">
        <PageTop />
        <main class="card">
          <Asked group={group} onLetIn={() => goIn(group)} />
        </main>
      </div>
    )
  }
  const explain = isSignedIn.value ? wordsForInvite : wordsFor
  return (
    <div class="page narrow">
      <PageTop />
      <main class="card">
        <h1>{join.heading}</h1>
        <p>{join.lead}</p>
        <p class="reads">{join.reads}</p>
        {code === '' ? (
          <Failure text={join.noCode} />
        ) : (
          <Form label={join.title} onSubmit={() => attempt.run(enter)}>
            <Field
              label={join.yourName}
              value={name}
              help={join.nameHelp}
              autoComplete="nickname"
            />
            {attempt.cause.value === null ? null : (
              <Failure text={explain(attempt.cause.value, words.value)} />
            )}
            <button class="button solid" aria-disabled={attempt.isBusy.value}>
              {attempt.isBusy.value ? join.joining : join.join}
            </button>
          </Form>
        )}
      </main>
    </div>
  )
}

async function goIn(group: string): Promise<void> {
  await loadGroups()
  goTo(pathOf(group), { replaces: true })
}
