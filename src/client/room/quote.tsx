import { words } from '../shell/language.ts'
import { itemAt } from '../store/timeline.ts'
import type { Desk } from './desk.ts'
import { nameOf } from './names.ts'

// A quote is one line; more of it would be laid out only to be cut off.
const MOST_CHARS = 160

/** The message that another one answers, in one line that leads to it. */
export function Quote({ desk, seq }: { readonly desk: Desk; readonly seq: number }) {
  const { message } = words.value
  const item = itemAt(desk.room.timeline.value, seq)
  if (item === undefined || item.kind === 'note') {
    return <p class="quote">{message.earlierMessage}</p>
  }
  const text = item.gone === undefined ? item.text.slice(0, MOST_CHARS) : message[item.gone]
  return (
    <button type="button" class="quote" title={message.goTo} onClick={() => desk.goTo(seq)}>
      <b>{nameOf(desk.room, item.from)}</b> {text}
    </button>
  )
}
