import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { fill } from '../words/words.ts'
import { fetchCounters } from './api.ts'
import { useAttempt } from './attempt.ts'
import { PageTop } from './brand.tsx'
import { momentOf } from './dates.ts'
import { wordsFor } from './failure.ts'
import { Failure, Field, Form } from './field.tsx'
import { HttpError } from './http.ts'
import { language, words } from './language.ts'

const REFRESH_MS = 5_000

interface Reading {
  readonly at: number
  readonly counters: ReadonlyMap<string, number>
}

/** What the whole deployment has counted, for its operator. */
export function Ops() {
  const { ops } = words.value
  const token = useSignal('')
  const reading = useSignal<Reading | null>(null)
  const attempt = useAttempt()
  const load = async () => {
    reading.value = { counters: await fetchCounters(token.value.trim()), at: Date.now() }
  }
  const isOpen = reading.value !== null
  useEffect(() => {
    document.title = `${ops.title} – Parley 圆桌`
  }, [ops])
  useEffect(() => {
    if (!isOpen) return undefined
    const timer = setInterval(() => attempt.run(load), REFRESH_MS)
    return () => clearInterval(timer)
  }, [isOpen])
  return (
    <div class="page">
      <PageTop />
      <main class="ops">
        <h1>{ops.heading}</h1>
        <Form label={ops.token} onSubmit={() => attempt.run(load)}>
          <Field label={ops.token} value={token} help={ops.tokenHelp} isSecret />
          <button class="button solid">{ops.show}</button>
        </Form>
        {attempt.cause.value === null ? null : <Failure text={explain(attempt.cause.value)} />}
        {reading.value === null ? null : <Counters {...reading.value} />}
      </main>
    </div>
  )
}

function explain(cause: unknown): string {
  const { ops } = words.value
  if (!(cause instanceof HttpError)) return wordsFor(cause, words.value)
  if (cause.status === 401) return ops.refused
  return cause.status === 403 ? ops.closed : wordsFor(cause, words.value)
}

function Counters({ at, counters }: Reading) {
  const { ops } = words.value
  const rows = [...counters].toSorted(([one], [other]) => one.localeCompare(other))
  const numbers = new Intl.NumberFormat(language.value)
  return (
    <section class="card" aria-labelledby="counters">
      <h2 id="counters">{ops.counters}</h2>
      <p class="quiet">{fill(ops.updated, { time: momentOf(at, language.value) })}</p>
      {rows.length === 0 ? (
        <p>{ops.empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{ops.counter}</th>
              <th scope="col">{ops.value}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{numbers.format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
