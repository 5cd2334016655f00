import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { words } from '../shell/language.ts'
import { fill } from '../words/words.ts'
import type { Announcement } from './announcements.ts'
import { nameOf } from './names.ts'
import type { Room } from './room.ts'

// How long "has finished" stays, so that it is heard once and not found later.
const FINISHED_MS = 4_000

/** What a screen reader hears: finished messages, and that the assistant is at it. Never its tokens. */
export function Speaker({ room }: { readonly room: Room }) {
  return (
    <div class="unseen">
      <div role="log">
        {room.announcements.now.value.map((line) => (
          <p key={line.is === 'many' ? line.key : line.spoken.key}>{sentence(room, line)}</p>
        ))}
      </div>
      <AssistantStatus room={room} />
    </div>
  )
}

function AssistantStatus({ room }: { readonly room: Room }) {
  const isWriting = room.items.value.some(
    (item) => item.kind === 'reply' && item.status === 'running',
  )
  const hasFinished = useSignal(false)
  const { reply } = words.value
  useEffect(() => {
    if (!isWriting) return undefined
    return () => {
      hasFinished.value = true
      setTimeout(() => {
        hasFinished.value = false
      }, FINISHED_MS)
    }
  }, [isWriting])
  return <p role="status">{isWriting ? reply.writing : hasFinished.value ? reply.finished : ''}</p>
}

function sentence(room: Room, line: Announcement): string {
  const { announce } = words.value
  if (line.is === 'many') return fill(announce.many, { count: line.count })
  const { from, text } = line.spoken
  return fill(announce.message, { name: nameOf(room, from), text })
}
