import { language, words } from '../shell/language.ts'
import type { Outgoing } from '../store/outgoing.ts'
import { MessageText } from '../text/message-text.tsx'
import { fill } from '../words/words.ts'
import type { Desk } from './desk.ts'
import { Entry } from './entry.tsx'
import { Quote } from './quote.tsx'
import { reasonOf } from './refusal.ts'

interface OutgoingRowProps {
  readonly desk: Desk
  readonly outgoing: Outgoing
  readonly isFirst: boolean
}

/** What one has said and the group has not: on its way, waiting, or refused. */
export function OutgoingRow({ desk, outgoing, isFirst }: OutgoingRowProps) {
  const { room } = desk
  const { common, message } = words.value
  const { frame, refused, seq, at } = outgoing
  const isLive = room.state.value.at === 'live'
  const mark = seq !== undefined ? null : isLive ? message.sending : message.waiting
  return (
    <Entry
      desk={desk}
      seq={null}
      author={common.you}
      at={at}
      isFirst={isFirst}
      look={refused === undefined ? 'pending' : 'refused'}
    >
      {frame.replyTo === undefined ? null : <Quote desk={desk} seq={frame.replyTo} />}
      <div class="text">
        <MessageText text={frame.text} reading={room.reading.value} />
      </div>
      {refused !== undefined ? (
        <Refused desk={desk} outgoing={outgoing} />
      ) : mark === null ? null : (
        <small class="mark">
          <span aria-hidden="true">◔ </span>
          {mark}
        </small>
      )}
    </Entry>
  )
}

function Refused({ desk, outgoing }: Pick<OutgoingRowProps, 'desk' | 'outgoing'>) {
  const { message } = words.value
  const { frame, refused } = outgoing
  if (refused === undefined) return null
  const takeBack = () => {
    desk.room.own.discard(frame.id)
    desk.draft.takeBack(frame.text)
  }
  return (
    <div class="refusal" role="alert">
      <p>{fill(message.notSent, { reason: reasonOf(refused, words.value, language.value) })}</p>
      <div class="choices">
        <button type="button" class="button" onClick={() => desk.room.sayAgain(outgoing)}>
          {message.retry}
        </button>
        <button type="button" class="button" onClick={takeBack}>
          {message.takeBack}
        </button>
        <button type="button" class="button quiet" onClick={() => desk.room.own.discard(frame.id)}>
          {message.discard}
        </button>
      </div>
    </div>
  )
}
