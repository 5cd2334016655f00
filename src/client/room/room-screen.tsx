import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { Brand } from '../shell/brand.tsx'
import { language, words } from '../shell/language.ts'
import { loadGroups } from '../shell/session.ts'
import { Sheet } from '../shell/sheet.tsx'
import { fillCount } from '../words/words.ts'
import { Composer } from './composer.tsx'
import type { Desk } from './desk.ts'
import { InviteSheet } from './invite.tsx'
import { Members } from './members.tsx'
import { Messages } from './messages.tsx'
import { Rail } from './rail.tsx'
import { Ribbon } from './ribbon.tsx'
import { mayModerate } from './rights.ts'
import type { Room } from './room.ts'
import { Speaker } from './speaker.tsx'

// The rail shows what waits elsewhere; it is asked for, so that no other group has to be awake.
const RAIL_EVERY_MS = 60_000

type Open = 'nothing' | 'groups' | 'members' | 'invite'

/** A group's screen: its groups to the left, the conversation, its people to the right. */
export function RoomScreen({ desk }: { readonly desk: Desk }) {
  const { room } = desk
  const { room: say, rail } = words.value
  const open = useSignal<Open>('nothing')
  const close = () => {
    open.value = 'nothing'
  }
  useTitle(room)
  useWindow(room)
  return (
    <div class="room">
      <div class="rail">
        <Brand />
        <Rail group={room.group} />
      </div>
      <main class="center">
        <TopBar
          room={room}
          onOpen={(part) => {
            open.value = part
          }}
        />
        <Ribbon room={room} />
        <Messages desk={desk} />
        <Composer desk={desk} />
      </main>
      <aside class="side" aria-labelledby="side-members">
        <h2 id="side-members">{say.members}</h2>
        <Members room={room} />
      </aside>
      <Speaker room={room} />
      {open.value === 'groups' ? (
        <Sheet title={rail.groups} form="start" onClose={close}>
          <Rail group={room.group} onGo={close} />
        </Sheet>
      ) : null}
      {open.value === 'members' ? (
        <Sheet title={say.members} form="end" onClose={close}>
          <Members room={room} />
        </Sheet>
      ) : null}
      {open.value === 'invite' ? <InviteSheet group={room.group} onClose={close} /> : null}
    </div>
  )
}

interface TopBarProps {
  readonly room: Room
  readonly onOpen: (part: Open) => void
}

function TopBar({ room, onOpen }: TopBarProps) {
  const { room: say, rail } = words.value
  const people = [...room.people.value.values()].filter(({ isMember }) => isMember).length
  const here = room.onlineCount.value
  const about = room.about.value
  const counts = [
    fillCount(say.memberCount, language.value, Math.max(people, here)),
    fillCount(say.hereCount, language.value, here),
  ]
  return (
    <header class="top">
      <button
        type="button"
        class="button quiet icon narrow-only"
        aria-label={rail.open}
        onClick={() => onOpen('groups')}
      >
        <span aria-hidden="true">☰</span>
      </button>
      <div class="what">
        <h1>{about?.group.title ?? '…'}</h1>
        {about === null ? null : <p>{counts.join(language.value === 'en' ? ', ' : '，')}</p>}
      </div>
      <button type="button" class="button quiet not-wide-only" onClick={() => onOpen('members')}>
        {say.members}
      </button>
      {mayModerate(room) ? (
        <button type="button" class="button" onClick={() => onOpen('invite')}>
          {say.invite}
        </button>
      ) : null}
    </header>
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
    }
    const onOffline = () => room.loseNetwork()
    document.addEventListener('visibilitychange', onVisibility)
    addEventListener('online', comeBack)
    addEventListener('offline', onOffline)
    void loadGroups()
    const timer = setInterval(() => void loadGroups(), RAIL_EVERY_MS)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      removeEventListener('online', comeBack)
      removeEventListener('offline', onOffline)
      clearInterval(timer)
    }
  }, [room])
}
