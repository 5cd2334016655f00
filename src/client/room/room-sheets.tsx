import { words } from '../shell/language.ts'
import { lazily } from '../shell/lazily.tsx'
import { Sheet } from '../shell/sheet.tsx'
import { Members } from './members.tsx'
import { Rail } from './rail.tsx'
import { can } from './rights.ts'
import type { Room } from './room.ts'

const InvitePart = lazily(async () => (await import('./invite.tsx')).InvitePart)
const SettingsPart = lazily(async () => (await import('./settings.tsx')).SettingsPart)
const UsagePart = lazily(async () => (await import('./usage.tsx')).UsagePart)

/** The part of the room that lies over the conversation. */
export type Open = 'nothing' | 'groups' | 'members' | 'invite' | 'settings' | 'usage'

interface RoomSheetsProps {
  readonly room: Room
  readonly open: Open
  readonly onOpen: (part: Open) => void
}

/** What lies over the conversation, if anything does; it goes with the right to see it. */
export function RoomSheets({ room, open, onOpen }: RoomSheetsProps) {
  const { room: say, rail, invite, settings, usage } = words.value
  const about = room.about.value
  const close = () => onOpen('nothing')
  switch (open) {
    case 'nothing':
      return null
    case 'groups':
      return (
        <Sheet key={open} title={rail.groups} form="start" onClose={close}>
          <Rail group={room.group} onGo={close} />
        </Sheet>
      )
    case 'members':
      return (
        <Sheet key={open} title={say.members} form="end" onClose={close}>
          <Members room={room} onOpen={onOpen} />
        </Sheet>
      )
    case 'invite':
      return can(room, 'invite') ? (
        <Sheet key={open} title={invite.heading} onClose={close}>
          <InvitePart room={room} />
        </Sheet>
      ) : null
    case 'settings':
      return about !== null && can(room, 'changeSettings') ? (
        <Sheet key={open} title={settings.heading} onClose={close}>
          <SettingsPart about={about} onDone={close} />
        </Sheet>
      ) : null
    case 'usage':
      return can(room, 'readLedger') ? (
        <Sheet key={open} title={usage.heading} form="wide" onClose={close}>
          <UsagePart room={room} />
        </Sheet>
      ) : null
  }
}
