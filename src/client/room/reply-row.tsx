import { useCallback } from 'preact/hooks'

import { words } from '../shell/language.ts'
import type { Reply } from '../store/item.ts'
import { itemAt } from '../store/timeline.ts'
import { MessageText } from '../text/message-text.tsx'
import { fill } from '../words/words.ts'
import type { Desk } from './desk.ts'
import { Entry } from './entry.tsx'
import { assistantName, nameOf } from './names.ts'
import { Reactions } from './reactions.tsx'
import { Tools } from './tools.tsx'

interface ReplyRowProps {
  readonly desk: Desk
  readonly item: Reply
  readonly isFirst: boolean
}

/** What the assistant says, while it says it and afterwards. */
export function ReplyRow({ desk, item, isFirst }: ReplyRowProps) {
  const { room } = desk
  const isRunning = item.status === 'running'
  return (
    <Entry
      desk={desk}
      seq={item.seq}
      author={assistantName(room)}
      at={item.at}
      isFirst={isFirst}
      look="assistant"
      isBusy={isRunning || undefined}
    >
      <Question desk={desk} item={item} />
      {isRunning ? <Growing desk={desk} seq={item.seq} /> : <Finished desk={desk} item={item} />}
      {item.gone === undefined ? <Reactions room={room} item={item} /> : null}
      {item.gone === undefined && !isRunning ? <Tools desk={desk} item={item} /> : null}
    </Entry>
  )
}

// Only this small part runs again with every piece of text.
function Growing({ desk, seq }: { readonly desk: Desk; readonly seq: number }) {
  const { live, reading } = desk.room
  const reference = useReference(desk)
  const text = live.value.get(seq)?.text ?? ''
  return (
    <div class="text growing">
      {text === '' ? (
        <p>
          <span class="unseen">{words.value.reply.writing}</span>
        </p>
      ) : (
        <MessageText text={text} reading={reading.value} reference={reference} />
      )}
    </div>
  )
}

function Finished({ desk, item }: { readonly desk: Desk; readonly item: Reply }) {
  const { reply, message } = words.value
  const reference = useReference(desk)
  const { status, source, gone, text } = item
  if (gone !== undefined) return <p class="gone">{message[gone]}</p>
  const marks = [
    status === 'complete' || status === 'running' ? null : reply[status],
    source === 'local' && text !== '' ? reply.local : null,
    source === 'cache' ? reply.cache : null,
  ].filter((mark) => mark !== null)
  return (
    <>
      {text === '' ? null : (
        <div class="text">
          <MessageText text={text} reading={desk.room.reading.value} reference={reference} />
        </div>
      )}
      {marks.length === 0 ? null : <small class="mark">{marks.join(' · ')}</small>}
    </>
  )
}

// Whose question this answers, where the answer does not stand right below it.
function Question({ desk, item }: { readonly desk: Desk; readonly item: Reply }) {
  const { timeline } = desk.room
  const isNext = !timeline.value.entries.some(
    (entry) =>
      entry.item.seq > item.trigger && entry.item.seq < item.seq && entry.item.kind !== 'note',
  )
  if (isNext || itemAt(timeline.value, item.trigger) === undefined) return null
  const name = nameOf(desk.room, item.to)
  return (
    <button type="button" class="quote" onClick={() => desk.goTo(item.trigger)}>
      {fill(words.value.message.question, { name })}
    </button>
  )
}

function useReference(desk: Desk) {
  return useCallback((seq: number) => <Reference desk={desk} seq={seq} />, [desk])
}

function Reference({ desk, seq }: { readonly desk: Desk; readonly seq: number }) {
  const shown = `#${seq}`
  if (!desk.has(seq)) return shown
  return (
    <button
      type="button"
      class="reference"
      aria-label={fill(words.value.message.goToSeq, { seq })}
      onClick={() => desk.goTo(seq)}
    >
      {shown}
    </button>
  )
}
