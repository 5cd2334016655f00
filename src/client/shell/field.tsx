import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

import { NAME_CHARS } from '../../protocol/limits.ts'

interface FieldProps {
  readonly label: string
  readonly value: Signal<string>
  readonly help?: string
  readonly example?: string
  readonly autoComplete?: string
  readonly isSecret?: boolean
}

/** A line of text with its label above and its help below. */
export function Field({ label, value, help, example, autoComplete, isSecret }: FieldProps) {
  const id = useId()
  const helpId = `${id}-help`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class={isSecret === true ? 'secret' : undefined}
        value={value.value}
        required
        maxLength={isSecret === true ? undefined : NAME_CHARS}
        placeholder={example}
        autoComplete={autoComplete ?? 'off'}
        spellcheck={isSecret !== true}
        aria-describedby={help === undefined ? undefined : helpId}
        onInput={(event) => {
          value.value = event.currentTarget.value
        }}
      />
      {help === undefined ? null : <small id={helpId}>{help}</small>}
    </div>
  )
}

interface FormProps {
  readonly label?: string
  readonly onSubmit: () => void
  readonly children: ComponentChildren
}

/** A form that this page handles itself; nothing is ever posted by the browser. */
export function Form({ label, onSubmit, children }: FormProps) {
  return (
    <form
      class="form"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}

/** Why a form did not work, said aloud when it appears. */
export function Failure({ text }: { readonly text: string }) {
  return (
    <p class="failure" role="alert">
      {text}
    </p>
  )
}
