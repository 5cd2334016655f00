import { useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

import { momentOf, timeOf } from '../shell/dates.ts'
import { language } from '../shell/language.ts'
import { articleId } from './article.ts'
import type { Desk } from './desk.ts'

interface EntryProps {
  readonly desk: Desk
  /** `null` before the log has given it one. */
  readonly seq: number | null
  readonly author: string
  readonly at: number
  readonly isFirst: boolean
  readonly look?: string | undefined
  readonly isBusy?: boolean | undefined
  readonly children: ComponentChildren
}

/** One message in the column: its author and time hang in the margin. */
export function Entry(props: EntryProps) {
  const { desk, seq, author, at, isFirst, look = '', isBusy, children } = props
  const id = useId()
  const isShown = useComputed(() => seq !== null && desk.shown.value === seq)
  const classes = ['entry', isFirst && 'first', isShown.value && 'shown', look]
  return (
    <article
      id={seq === null ? undefined : articleId(seq)}
      data-seq={seq ?? undefined}
      class={classes.filter((name) => typeof name === 'string' && name !== '').join(' ')}
      tabIndex={-1}
      aria-labelledby={`${id}-who ${id}-when`}
      aria-busy={isBusy}
    >
      <header class="margin">
        <span id={`${id}-who`} class={isFirst ? 'who' : 'who unseen'}>
          {author}
        </span>
        <time
          id={`${id}-when`}
          dateTime={new Date(at).toISOString()}
          title={momentOf(at, language.value)}
        >
          {timeOf(at, language.value)}
        </time>
      </header>
      <div class="body">{children}</div>
    </article>
  )
}
