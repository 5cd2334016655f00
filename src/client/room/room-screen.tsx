import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { Brand } from '../shell/brand.tsx'
import { words } from '../shell/language.ts'
import { loadGroups } from '../shell/session.ts'
import { Composer } from './composer.tsx'
import type { Desk } from './desk.ts'
import { Members } from './members.tsx'
import { Messages } from './messages.tsx'
import { Rail } from './rail.tsx'
import { Ribbon } from './ribbon.tsx'
import { RoomSheets } from './room-sheets.tsx'
import type { Open } from './room-sheets.tsx'
import type { Room } from './room.ts'
import { Speaker } from './speaker.tsx'
import { TopBar } from './top-bar.tsx'

// The rail shows what waits elsewhere. It is asked for only while somebody can see it: each question
// costs every one of one's groups a moment of its sleep.
const RAIL_EVERY_MS = 60_000

/** A group's screen: its groups to the left, the conversation, its people to the right. */
export function RoomScreen({ desk }: { readonly desk: Desk }) {
  const { room } = desk
  const { room: say } = words.value
  const open = useSignal<Open>('nothing')
  const show = (part: Open) => {
    open.value = part
  }
  useTitle(room)
  useWindow(room)
  return (
    <div class="room">
      <header class="rail">
        <Brand />
        <Rail group={room.group} />
      </header>
      <main class="center">
        <TopBar room={room} onOpen={show} />
        <Ribbon room={room} />
        <Messages desk={desk} />
        <Composer desk={desk} />
      </main>
      <aside class="side" aria-labelledby="side-members">
        <h2 id="side-members">{say.members}</h2>
        <Members room={room} onOpen={show} />
      </aside>
      <Speaker room={room} />
      <RoomSheets room={room} open={open.value} onOpen={show} />
    </div>
  )
}

// What came while one looked elsewhere stands in the tab's title.
function useTitle(room: Room): void {
  const title = room.about.value?.group.title ?? 'Parley 圆桌'
  const from = room.readUpTo.value
  const isAway = document.visibilityState === 'hidden'
  const waiting =
    from === null || !isAway
      ? 0
      : room.items.value.filter(
          (item) => item.seq > from && item.kind !== 'note' && item.from !== room.me.id,
        ).length
  const shown = waiting > 0 ? `(${waiting}) ${title}` : title
  useEffect(() => {
    document.title = shown
  }, [shown])
}

function useWindow(room: Room): void {
  useEffect(() => {
    // Only a wait is cut short; a server that said stay away is obeyed.
    const comeBack = () => {
      if (room.state.value.at === 'waiting') room.retryNow()
    }
    const onVisibility = () => {
      if (document.visibilityState === 'hidden') return room.lookAway()
      document.title = room.about.value?.group.title ?? document.title
      room.saw(room.isAtEnd.value ? room.timeline.value.last : 0)
      comeBack()
      void loadGroups()
    }
    const onOffline = () => room.loseNetwork()
    document.addEventListener('visibilitychange', onVisibility)
    addEventListener('online', comeBack)
    addEventListener('offline', onOffline)
    void loadGroups()
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void loadGroups()
    }, RAIL_EVERY_MS)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      removeEventListener('online', comeBack)
      removeEventListener('offline', onOffline)
      clearInterval(timer)
    }
  }, [room])
}
