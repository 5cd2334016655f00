import { words } from '../shell/language.ts'
import type { Opening, Suggestion } from './completion.ts'

interface SuggestionListProps {
  readonly id: string
  readonly opening: Opening
  readonly suggestions: readonly Suggestion[]
  readonly chosen: number
  readonly onPick: (suggestion: Suggestion) => void
}

/** The element id of one suggestion, for `aria-activedescendant`. */
export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`
}

/** What may follow an `@` or `/`; the focus stays in the text while this is open. */
export function SuggestionList({ id, opening, suggestions, chosen, onPick }: SuggestionListProps) {
  const sign = opening.is === 'command' ? '/' : ''
  return (
    <ul id={id} class="suggestions" role="listbox" aria-label={words.value.composer.suggestions}>
      {suggestions.map((suggestion, index) => (
        <li
          key={suggestion.key}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === chosen}
          // Before the click, which would take the focus from the text.
          onPointerDown={(event) => {
            event.preventDefault()
            onPick(suggestion)
          }}
        >
          <span>
            {sign}
            {suggestion.shown}
          </span>
          <small>{suggestion.about}</small>
        </li>
      ))}
    </ul>
  )
}
