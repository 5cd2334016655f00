import type { Signal } from '@preact/signals'
import { useId } from 'preact/hooks'

interface Option<Value> {
  readonly value: Value
  readonly label: string
}

interface ChoiceProps<Value> {
  readonly label: string
  readonly value: Signal<Value>
  readonly options: readonly Option<Value>[]
  readonly help?: string
}

/** One of several, in a list that folds away. */
export function Choice<Value extends string | number>({
  label,
  value,
  options,
  help,
}: ChoiceProps<Value>) {
  const id = useId()
  const helpId = `${id}-help`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        aria-describedby={help === undefined ? undefined : helpId}
        onChange={(event) => {
          value.value = options[event.currentTarget.selectedIndex]?.value ?? value.value
        }}
      >
        {options.map((option) => (
          <option key={option.value} selected={option.value === value.value}>
            {option.label}
          </option>
        ))}
      </select>
      {help === undefined ? null : <small id={helpId}>{help}</small>}
    </div>
  )
}

/** One of a few, all in sight. */
export function Radios<Value extends string>({ label, value, options }: ChoiceProps<Value>) {
  const name = useId()
  return (
    <fieldset class="radios">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            checked={option.value === value.value}
            onChange={() => {
              value.value = option.value
            }}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  )
}
