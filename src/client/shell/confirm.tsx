import { useEffect, useRef } from 'preact/hooks'

import { words } from './language.ts'

interface ConfirmProps {
  readonly question: string
  /** What the button says that does it. */
  readonly act: string
  readonly isBusy: boolean
  readonly onYes: () => void
  readonly onNo: () => void
}

/** Asks once more before something that is hard to take back. */
export function Confirm({ question, act, isBusy, onYes, onNo }: ConfirmProps) {
  const no = useRef<HTMLButtonElement>(null)
  // A second press of the same key must not be the answer.
  useEffect(() => no.current?.focus(), [])
  return (
    <div class="confirm" role="group" aria-label={question}>
      <p>{question}</p>
      <div class="choices">
        <button type="button" class="button grave" aria-disabled={isBusy} onClick={onYes}>
          {act}
        </button>
        <button ref={no} type="button" class="button" onClick={onNo}>
          {words.value.common.cancel}
        </button>
      </div>
    </div>
  )
}
