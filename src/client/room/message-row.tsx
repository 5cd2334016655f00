import { words } from '../shell/language.ts'
import type { Message } from '../store/item.ts'
import { MessageText } from '../text/message-text.tsx'
import type { Desk } from './desk.ts'
import { Entry } from './entry.tsx'
import { nameOf } from './names.ts'
import { Quote } from './quote.tsx'
import { Reactions } from './reactions.tsx'
import { Tools } from './tools.tsx'

interface MessageRowProps {
  readonly desk: Desk
  readonly item: Message
  readonly isFirst: boolean
}

/** What a person said. */
export function MessageRow({ desk, item, isFirst }: MessageRowProps) {
  const { room } = desk
  const say = words.value.message
  const mentionsMe = item.mentions.includes(room.me.id) && item.gone === undefined
  return (
    <Entry
      desk={desk}
      seq={item.seq}
      author={nameOf(room, item.from)}
      at={item.at}
      isFirst={isFirst}
      look={mentionsMe ? 'mentions-me' : undefined}
    >
      {item.gone === undefined ? (
        <>
          {item.replyTo === undefined ? null : <Quote desk={desk} seq={item.replyTo} />}
          <div class="text">
            <MessageText text={item.text} reading={room.reading.value} />
          </div>
          {item.isEdited ? <small class="mark">{say.edited}</small> : null}
          <Reactions room={room} item={item} />
          <Tools desk={desk} item={item} />
        </>
      ) : (
        <p class="gone">{say[item.gone]}</p>
      )}
    </Entry>
  )
}
