import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import type { Me } from '../shell/api.ts'
import { words } from '../shell/language.ts'
import { MessagePage } from '../shell/message-page.tsx'
import { session } from '../shell/session.ts'
import { Desk } from './desk.ts'
import { RoomScreen } from './room-screen.tsx'
import { Room } from './room.ts'

/** Lets whoever is signed in to their group, and tells everyone else how to get in. */
export function RoomGate({ group }: { readonly group: string }) {
  const { closed, common } = words.value
  const now = session.value
  switch (now.is) {
    case 'unknown':
      return <p class="waiting-page">{common.loading}</p>
    case 'guest':
      return <MessagePage heading={closed.heading} text={closed.signedOut} />
    case 'signedIn':
      return <OpenRoom key={now.me.id} group={group} me={now.me} />
  }
}

function OpenRoom({ group, me }: { readonly group: string; readonly me: Me }) {
  const desk = useSignal<Desk | null>(null)
  const { closed } = words.value
  useEffect(() => {
    const room = new Room(group, me)
    desk.value = new Desk(room)
    return () => room.close()
  }, [group, me.id])
  if (desk.value === null) return null
  const { room } = desk.value
  const state = room.state.value
  if (state.at === 'stopped') {
    const wasIn = room.about.value !== null
    if (state.reason === 'signedOut') {
      return <MessagePage heading={closed.heading} text={closed.signedOut} />
    }
    if (state.reason === 'removed' || state.reason === 'noGroup') {
      const text = wasIn ? words.value.ribbon.reasons[state.reason] : closed.noMember
      return <MessagePage heading={closed.heading} text={text} />
    }
  }
  return <RoomScreen desk={desk.value} />
}
