import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { postGroup } from './api.ts'
import { useAttempt } from './attempt.ts'
import { PageTop } from './brand.tsx'
import { wordsFor } from './failure.ts'
import { Failure, Field, Form } from './field.tsx'
import { words } from './language.ts'
import { goTo, pathOf } from './router.ts'
import { groups, loadGroups, session, signInAs } from './session.ts'

/** The first screen: one sentence about what this is, and the form that starts a group. */
export function Landing() {
  const { landing } = words.value
  useEffect(() => {
    document.title = `Parley 圆桌 – ${landing.title}`
  }, [landing])
  return (
    <div class="page">
      <PageTop />
      <main>
        <div class="hero">
          <div>
            <h1>{landing.heading}</h1>
            <p class="lead">{landing.lead}</p>
            <YourGroups />
          </div>
          <NewGroup />
        </div>
        <div class="facts">
          {landing.facts.map(({ title, text }) => (
            <section key={title}>
              <h2>{title}</h2>
              <p>{text}</p>
            </section>
          ))}
        </div>
      </main>
    </div>
  )
}

function NewGroup() {
  const { landing } = words.value
  const title = useSignal('')
  const name = useSignal(session.value.is === 'signedIn' ? session.value.me.name : '')
  const attempt = useAttempt()
  const known = session.value.is === 'signedIn' ? session.value.me.name : ''
  useEffect(() => {
    if (name.peek() === '') name.value = known
  }, [known, name])
  const create = async () => {
    await signInAs(name.value.trim())
    const group = await postGroup(title.value.trim())
    await loadGroups()
    goTo(pathOf(group))
  }
  return (
    <section class="card">
      <h2>{landing.start}</h2>
      <Form label={landing.start} onSubmit={() => attempt.run(create)}>
        <Field label={landing.groupName} value={title} example={landing.groupExample} />
        <Field
          label={landing.yourName}
          value={name}
          example={landing.nameExample}
          autoComplete="nickname"
        />
        {attempt.cause.value === null ? null : (
          <Failure text={wordsFor(attempt.cause.value, words.value)} />
        )}
        <button class="button solid" aria-disabled={attempt.isBusy.value}>
          {attempt.isBusy.value ? landing.creating : landing.create}
        </button>
        <small>{landing.noAccount}</small>
      </Form>
    </section>
  )
}

function YourGroups() {
  if (groups.value.length === 0) return null
  return (
    <nav class="your-groups" aria-labelledby="your-groups">
      <h2 id="your-groups">{words.value.landing.yourGroups}</h2>
      <ul>
        {groups.value.map(({ id, title }) => (
          <li key={id}>
            <a href={pathOf(id)}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
