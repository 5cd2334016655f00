import { useComputed } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { dayKeyOf, dayOf, isDaysAgo } from '../shell/dates.ts'
import { language, words } from '../shell/language.ts'
import { toRows } from '../store/rows.ts'
import type { Row } from '../store/rows.ts'
import { fill, fillCount } from '../words/words.ts'
import { moveFocus } from './article.ts'
import type { Desk } from './desk.ts'
import { MessageRow } from './message-row.tsx'
import { NoteRow } from './note-row.tsx'
import { NoticeRow } from './notice-row.tsx'
import type { Notice } from './notices.ts'
import { OutgoingRow } from './outgoing-row.tsx'
import { ReplyRow } from './reply-row.tsx'
import { Scroller, scrollToEnd } from './scroller.tsx'
import { newestInSight } from './sight.ts'

/** The conversation: what was said, in order, and the way back to its end. */
export function Messages({ desk }: { readonly desk: Desk }) {
  const { room } = desk
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const rows = useComputed(() =>
    toRows({
      items: room.items.value,
      outgoing: room.own.waiting.value,
      notices: room.notices.all.value,
      me: room.me.id,
      readUpTo: room.readUpTo.value,
      dayOf: dayKeyOf,
    }),
  )
  const look = () => {
    if (document.visibilityState === 'hidden') return
    const { last } = room.timeline.value
    const seq = room.isAtEnd.value ? last : newestInSight(scroller.current)
    if (seq !== null) room.saw(seq)
  }
  useEffect(look, [room.timeline.value.last])
  useFollowOwn(desk, () => scrollToEnd(scroller.current))
  useTabStop(list.current, rows.value.length)
  const { room: say } = words.value
  return (
    <div class="conversation">
      <Scroller
        scroller={scroller}
        label={say.conversation}
        isAtEnd={room.isAtEnd}
        version={rows.value}
        onNearStart={() => void room.loadOlder()}
        onScroll={look}
      >
        <div class="column">
          <Beginning desk={desk} />
          <ol
            ref={list}
            // Safari takes the role from a list without bullets.
            role="list"
            class="messages"
            aria-label={say.messages}
            onKeyDown={(event) => {
              if (moveFocus(event.currentTarget, event.key)) event.preventDefault()
            }}
            onPointerOver={(event) => activate(desk, event.target)}
            onFocusIn={(event) => activate(desk, event.target)}
            onFocusOut={({ relatedTarget }) => {
              // Nothing gets the focus when a button goes away under it; that is no leaving.
              const isOutside =
                relatedTarget instanceof Node && !list.current?.contains(relatedTarget)
              if (isOutside) desk.active.value = null
            }}
            onPointerLeave={() => {
              if (!list.current?.contains(document.activeElement)) desk.active.value = null
            }}
          >
            {rows.value.map((row) => (
              <li key={row.key} data-key={row.key}>
                <RowContent row={row} desk={desk} />
              </li>
            ))}
          </ol>
        </div>
      </Scroller>
      <ToEnd desk={desk} onClick={() => scrollToEnd(scroller.current)} />
    </div>
  )
}

function RowContent({ row, desk }: { readonly row: Row<Notice>; readonly desk: Desk }) {
  switch (row.is) {
    case 'day':
      return <DayLine at={row.at} />
    case 'unread':
      return (
        <h2 class="line unread">
          <span>{words.value.room.unread}</span>
        </h2>
      )
    case 'notice':
      return <NoticeRow desk={desk} notice={row.notice} />
    case 'outgoing':
      return <OutgoingRow desk={desk} outgoing={row.outgoing} isFirst={row.isFirst} />
    case 'item':
      switch (row.item.kind) {
        case 'message':
          return <MessageRow desk={desk} item={row.item} isFirst={row.isFirst} />
        case 'reply':
          return <ReplyRow desk={desk} item={row.item} isFirst={row.isFirst} />
        case 'note':
          return <NoteRow room={desk.room} note={row.item} />
      }
  }
}

function DayLine({ at }: { readonly at: number }) {
  const { today, yesterday } = words.value.room
  const near = isDaysAgo(at, 0) ? today : isDaysAgo(at, 1) ? yesterday : null
  return (
    <h2 class="line">
      <span>{near ?? dayOf(at, language.value)}</span>
    </h2>
  )
}

function Beginning({ desk: { room } }: { readonly desk: Desk }) {
  const { room: say } = words.value
  const title = room.about.value?.group.title
  if (title === undefined) return null
  if (room.timeline.value.oldest > 1) return <p class="beginning">{say.earlier}</p>
  const isEmpty = room.items.value.every((item) => item.kind === 'note')
  return (
    <div class="beginning">
      <p>{fill(say.beginning, { title })}</p>
      {isEmpty && room.own.waiting.value.length === 0 ? <p>{say.emptyHint}</p> : null}
    </div>
  )
}

function ToEnd({ desk: { room }, onClick }: { readonly desk: Desk; readonly onClick: () => void }) {
  const leftAt = useRef(0)
  const { isAtEnd, timeline, items } = room
  if (isAtEnd.value) {
    leftAt.current = timeline.value.last
    return null
  }
  const { latest, latestCount } = words.value.room
  const isNew = ({ seq, kind }: { readonly seq: number; readonly kind: string }) =>
    seq > leftAt.current && kind !== 'note'
  const count = items.value.filter(isNew).length
  return (
    <button type="button" class="button to-end" onClick={onClick}>
      <span aria-hidden="true">↓</span>
      {count === 0 ? latest : fillCount(latestCount, language.value, count)}
    </button>
  )
}

function activate(desk: Desk, target: EventTarget | null): void {
  const row = target instanceof Element ? target.closest('li[data-key]') : null
  desk.active.value = row?.getAttribute('data-key') ?? null
}

// Sending takes the writer down to what they wrote; receiving never moves anyone.
function useFollowOwn({ room }: Desk, follow: () => void): void {
  const count = room.own.waiting.value.length
  const before = useRef(count)
  useEffect(() => {
    if (count > before.current) follow()
    before.current = count
  }, [count])
}

// One message is a tab stop: the one that had the focus last, else the newest.
function useTabStop(list: HTMLElement | null, count: number): void {
  useEffect(() => {
    if (list === null || list.contains(document.activeElement)) return
    const articles = [...list.querySelectorAll('article')]
    for (const article of articles) article.tabIndex = article === articles.at(-1) ? 0 : -1
  }, [list, count])
}
