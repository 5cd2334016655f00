import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { words } from '../shell/language.ts'
import type { Message, Reply } from '../store/item.ts'
import { articleOf } from './article.ts'
import type { Desk } from './desk.ts'
import { QUICK_EMOJI } from './reactions.tsx'
import { can, mayWrite } from './rights.ts'

interface ToolsProps {
  readonly desk: Desk
  readonly item: Message | Reply
}

/** What can be done with a message; there while the pointer or the focus is on its row. */
export function Tools({ desk, item }: ToolsProps) {
  const isActive = useComputed(() => desk.active.value === item.key)
  if (!isActive.value || !can(desk.room, 'say')) return null
  return <OpenTools desk={desk} item={item} />
}

function OpenTools({ desk, item }: ToolsProps) {
  const { room, draft } = desk
  const say = words.value.message
  const isReacting = useSignal(false)
  useEffect(() => {
    isReacting.value = false
  }, [item.key])
  if (isReacting.value) {
    const close = () => {
      isReacting.value = false
    }
    return <QuickReactions desk={desk} item={item} onPick={close} />
  }
  const isMine = item.kind === 'message' && item.from === room.me.id
  const mayAskAgain = item.kind === 'reply' && item.to === room.me.id
  const mayRecall = isMine || can(room, 'recallOthers')
  // Who is muted may still take back what is there.
  const isMuted = !mayWrite(room)
  if (isMuted && !mayRecall) return null
  return (
    <div class="tools" role="group" aria-label={say.actions}>
      {isMuted ? null : (
        <>
          <Tool
            name={say.react}
            onUse={() => {
              isReacting.value = true
            }}
          />
          <Tool name={say.reply} onUse={() => draft.reply(item)} />
          {isMine ? <Tool name={say.edit} onUse={() => draft.edit(item.seq, item.text)} /> : null}
          {mayAskAgain ? <Tool name={say.again} onUse={() => room.again(item.seq)} /> : null}
        </>
      )}
      {mayRecall ? (
        <Tool name={isMine ? say.recall : say.remove} onUse={() => room.recall(item.seq)} />
      ) : null}
    </div>
  )
}

interface QuickReactionsProps extends ToolsProps {
  readonly onPick: () => void
}

function QuickReactions({ desk: { room }, item, onPick }: QuickReactionsProps) {
  const tools = useRef<HTMLDivElement>(null)
  // The button that had the focus has just made room for these.
  useEffect(() => tools.current?.querySelector('button')?.focus(), [])
  return (
    <div ref={tools} class="tools" role="group" aria-label={words.value.message.react}>
      {QUICK_EMOJI.map((emoji) => {
        const by = item.reactions.find((reaction) => reaction.emoji === emoji)?.by ?? []
        const isMine = by.includes(room.me.id)
        return (
          <button
            key={emoji}
            type="button"
            aria-pressed={isMine}
            onClick={() => {
              room.react(item.seq, emoji, !isMine)
              articleOf(item.seq)?.focus({ preventScroll: true })
              onPick()
            }}
          >
            {emoji}
          </button>
        )
      })}
    </div>
  )
}

function Tool({ name, onUse }: { readonly name: string; readonly onUse: () => void }) {
  return (
    <button type="button" onClick={onUse}>
      {name}
    </button>
  )
}
