import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'

import { useAttempt } from './attempt.ts'
import { wordsFor } from './failure.ts'
import { Failure } from './field.tsx'
import { words } from './language.ts'

/** A part of the screen whose code is fetched when it is first shown. */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const part = signal<ComponentType<Props> | null>(null)
  return function Lazy(props: Props) {
    const attempt = useAttempt()
    const Part = part.value
    useEffect(() => {
      if (part.value !== null) return
      attempt.run(async () => {
        part.value = await load()
      })
    }, [])
    if (Part !== null) return <Part {...props} />
    const { cause } = attempt
    if (cause.value !== null) return <Failure text={wordsFor(cause.value, words.value)} />
    return <p class="quiet">{words.value.common.loading}</p>
  }
}
