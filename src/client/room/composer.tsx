import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'

import { countCharacters } from '../../protocol/parse.ts'
import { language, words } from '../shell/language.ts'
import { fillCount } from '../words/words.ts'
import { completed, openingAt } from './completion.ts'
import type { Suggestion } from './completion.ts'
import { ComposerContext, ComposerHint, ReadOnly } from './composer-lines.tsx'
import type { Desk } from './desk.ts'
import { mayWrite } from './rights.ts'
import { optionId, SuggestionList } from './suggestion-list.tsx'
import { suggestionsFor } from './suggestions.ts'
import { TypingOut } from './typing-out.ts'

/** Where one writes. Enter sends, unless it belongs to an input method or to the list of names. */
export function Composer({ desk }: { readonly desk: Desk }) {
  const { room, draft } = desk
  const { composer: say } = words.value
  const box = useRef<HTMLTextAreaElement>(null)
  const caret = useSignal(0)
  const chosen = useSignal(0)
  const isClosed = useSignal(false)
  const listId = useId()
  const typing = useRef<TypingOut>(null)
  typing.current ??= new TypingOut((on) => room.type(on))
  useEffect(() => () => typing.current?.stop(), [])
  useFocusOnCall(desk, box)

  const text = draft.text.value
  const opening = isClosed.value ? null : openingAt(text, caret.value)
  const suggestions = opening === null ? [] : suggestionsFor(room, opening)
  const isOpen = opening !== null && suggestions.length > 0
  const active = Math.min(chosen.value, suggestions.length - 1)
  const limit = room.about.value?.limits?.textChars ?? Number.POSITIVE_INFINITY
  const excess = countCharacters(text) - limit

  const submit = () => {
    if (excess > 0 || !draft.submit()) return
    typing.current?.stop()
    box.current?.focus()
  }
  const pick = (suggestion: Suggestion) => {
    if (opening === null) return
    const next = completed(text, caret.value, opening, suggestion)
    draft.write(next.text)
    caret.value = next.caret
    chosen.value = 0
    // The caret can be placed only once the text is there.
    queueMicrotask(() => box.current?.setSelectionRange(next.caret, next.caret))
  }
  const onListKey = (key: string): boolean => {
    switch (key) {
      case 'ArrowDown':
        chosen.value = (active + 1) % suggestions.length
        return true
      case 'ArrowUp':
        chosen.value = (active + suggestions.length - 1) % suggestions.length
        return true
      case 'Enter':
      case 'Tab': {
        const suggestion = suggestions[active]
        if (suggestion !== undefined) pick(suggestion)
        return true
      }
      case 'Escape':
        isClosed.value = true
        return true
      default:
        return false
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses its word; 229 is how Safari says so afterwards.
    if (event.isComposing || event.keyCode === 229) return
    if (isOpen && !event.shiftKey && onListKey(event.key)) event.preventDefault()
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      submit()
    } else if (event.key === 'Escape') draft.cancel()
    else if (event.key === 'ArrowUp' && text === '') editLast(desk)
  }

  if (!mayWrite(room)) return <ReadOnly room={room} />
  return (
    <form
      class="composer"
      aria-label={say.form}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <ComposerContext desk={desk} />
      <div class="box">
        {isOpen ? (
          <SuggestionList
            id={listId}
            opening={opening}
            suggestions={suggestions}
            chosen={active}
            onPick={pick}
          />
        ) : null}
        <textarea
          ref={box}
          rows={1}
          aria-label={say.message}
          placeholder={say.placeholder}
          enterkeyhint="send"
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-controls={isOpen ? listId : undefined}
          aria-activedescendant={isOpen ? optionId(listId, active) : undefined}
          value={text}
          onInput={(event) => {
            draft.write(event.currentTarget.value)
            caret.value = event.currentTarget.selectionStart
            chosen.value = 0
            isClosed.value = false
            typing.current?.wrote(event.currentTarget.value)
          }}
          onSelect={(event) => {
            caret.value = event.currentTarget.selectionStart
          }}
          onKeyDown={onKeyDown}
        />
        <SendButton desk={desk} />
      </div>
      <p class="unseen" role="status">
        {isOpen ? fillCount(say.suggestionCount, language.value, suggestions.length) : ''}
      </p>
      <ComposerHint room={room} excess={excess} />
    </form>
  )
}

// One button in one place: while one's own question is being answered, it stops the answer.
function SendButton({ desk: { room, draft } }: { readonly desk: Desk }) {
  const { send, stop, save } = words.value.composer
  const asked = room.asked.value
  const isEditing = draft.purpose.value.is === 'edit'
  if (asked === undefined || isEditing) {
    return <button class="button solid send">{isEditing ? save : send}</button>
  }
  return (
    <button type="button" class="button solid send" onClick={() => room.stop(asked.seq)}>
      {stop}
    </button>
  )
}

function editLast({ room, draft }: Desk): void {
  const last = room.items.value.findLast(
    (item) => item.kind === 'message' && item.from === room.me.id && item.gone === undefined,
  )
  if (last?.kind === 'message') draft.edit(last.seq, last.text)
}

function useFocusOnCall({ draft }: Desk, box: { readonly current: HTMLTextAreaElement | null }) {
  const calls = draft.calls.value
  useEffect(() => {
    // At first only where no on-screen keyboard would jump up.
    if (calls > 0 || matchMedia('(pointer: fine)').matches) box.current?.focus()
  }, [calls])
}
