import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { fill } from '../words/words.ts'
import { isMemberOf } from './api.ts'
import { useAttempt } from './attempt.ts'
import { timeOf } from './dates.ts'
import { wordsFor } from './failure.ts'
import { Failure } from './field.tsx'
import { language, words } from './language.ts'

// A person answers, so nothing is gained by asking more often.
const LOOK_EVERY_MS = 10_000

interface AskedProps {
  readonly group: string
  readonly onLetIn: () => Promise<void>
}

/** The time between asking to join and being let in. */
export function Asked({ group, onLetIn }: AskedProps) {
  const { join } = words.value
  const lookedAt = useSignal<number | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const attempt = useAttempt()
  const look = (isAsked: boolean) =>
    attempt.run(async () => {
      if (await isMemberOf(group)) return onLetIn()
      if (isAsked) lookedAt.value = Date.now()
    })
  useEffect(() => {
    // The button that had the focus has made room for this.
    heading.current?.focus()
    const lookIfSeen = () => {
      if (document.visibilityState === 'visible') look(false)
    }
    document.addEventListener('visibilitychange', lookIfSeen)
    const timer = setInterval(lookIfSeen, LOOK_EVERY_MS)
    return () => {
      document.removeEventListener('visibilitychange', lookIfSeen)
      clearInterval(timer)
    }
  }, [group])
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {join.asked}
      </h1>
      <p>{join.askedText}</p>
      <p class="reads">{join.reads}</p>
      <button
        type="button"
        class="button"
        aria-disabled={attempt.isBusy.value}
        onClick={() => look(true)}
      >
        {join.look}
      </button>
      <p role="status" class="quiet">
        {lookedAt.value === null
          ? ''
          : fill(join.lookedAt, { time: timeOf(lookedAt.value, language.value) })}
      </p>
      {attempt.cause.value === null ? null : (
        <Failure text={wordsFor(attempt.cause.value, words.value)} />
      )}
    </>
  )
}
