import { RoomGate } from '../room/room-gate.tsx'
import { Join } from './join.tsx'
import { Landing } from './landing.tsx'
import { words } from './language.ts'
import { lazily } from './lazily.tsx'
import { MessagePage } from './message-page.tsx'
import { route } from './router.ts'

const Ops = lazily(async () => (await import('./ops.tsx')).Ops)

/** The screen that the address asks for. */
export function App() {
  const now = route.value
  switch (now.at) {
    case 'landing':
      return <Landing />
    case 'join':
      return <Join code={now.code} />
    case 'room':
      return <RoomGate key={now.group} group={now.group} />
    case 'ops':
      return <Ops />
    case 'lost':
      return <MessagePage heading={words.value.lost.heading} text={words.value.lost.lead} />
  }
}
