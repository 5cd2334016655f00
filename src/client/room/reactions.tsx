import { language, words } from '../shell/language.ts'
import type { Message, Reply } from '../store/item.ts'
import { fillCount } from '../words/words.ts'
import { mayWrite } from './rights.ts'
import type { Room } from './room.ts'

/** The emoji that are one press away. */
export const QUICK_EMOJI = ['👍', '❤️', '😂', '🎉', '👀', '✅'] as const

interface ReactionsProps {
  readonly room: Room
  readonly item: Message | Reply
}

/** What others put under a message; pressing one joins them, or leaves them again. */
export function Reactions({ room, item }: ReactionsProps) {
  const { reacted } = words.value.message
  if (item.reactions.length === 0) return null
  return (
    <div class="reactions">
      {item.reactions.map(({ emoji, by }) => {
        const isMine = by.includes(room.me.id)
        return (
          <button
            key={emoji}
            type="button"
            aria-pressed={isMine}
            aria-label={fillCount(reacted, language.value, by.length, { emoji })}
            disabled={!mayWrite(room)}
            onClick={() => room.react(item.seq, emoji, !isMine)}
          >
            {emoji} {by.length}
          </button>
        )
      })}
    </div>
  )
}
