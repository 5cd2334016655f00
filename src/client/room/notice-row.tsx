import { language, words } from '../shell/language.ts'
import { MessageText } from '../text/message-text.tsx'
import { fill } from '../words/words.ts'
import type { Desk } from './desk.ts'
import type { Notice } from './notices.ts'
import { reasonOf } from './refusal.ts'

interface NoticeRowProps {
  readonly desk: Desk
  readonly notice: Notice
}

/** A private line: what only the reader was told. */
export function NoticeRow({ desk, notice }: NoticeRowProps) {
  const { common, message } = words.value
  const { room, draft } = desk
  const { restore, key } = notice
  const text =
    'refusal' in notice
      ? fill(message.notDone, { reason: reasonOf(notice.refusal, words.value, language.value) })
      : notice.text
  return (
    <div class="notice" role="note">
      <header>
        <small>{message.private}</small>
        <button type="button" class="button quiet" onClick={() => room.notices.dismiss(key)}>
          {common.close}
        </button>
      </header>
      <div class="text">
        <MessageText text={text} reading={room.reading.value} />
      </div>
      {restore === undefined ? null : (
        <div class="choices">
          <button
            type="button"
            class="button"
            onClick={() => {
              draft.edit(restore.target, restore.text)
              room.notices.dismiss(key)
            }}
          >
            {message.takeBack}
          </button>
        </div>
      )}
    </div>
  )
}
