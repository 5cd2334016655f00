import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

import { words } from './language.ts'

interface SheetProps {
  readonly title: string
  /** `start` and `end` are the edges of the screen; `middle` and `wide` lie over it like a card. */
  readonly form?: 'start' | 'end' | 'middle' | 'wide'
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A native modal dialog: the browser keeps the focus inside and gives it back afterwards. */
export function Sheet({ title, form = 'middle', onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()
  return (
    <dialog
      ref={dialog}
      class={`sheet ${form}`}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => {
        // Only the backdrop counts as the dialog itself: its content fills the rest.
        if (event.target === dialog.current) close()
      }}
    >
      <div class="sheet-content">
        <header class="sheet-top">
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="button quiet" onClick={close}>
            {words.value.common.close}
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
