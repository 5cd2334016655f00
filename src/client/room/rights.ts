import { may } from '../../protocol/permissions.ts'
import type { Action } from '../../protocol/permissions.ts'
import type { Room } from './room.ts'

/** Whether one's role allows this here. The server decides, this only spares clicks. */
export function can(room: Room, action: Action): boolean {
  // Until the welcome says more, one is taken for a plain member.
  return may(room.about.value?.you.role ?? 'member', action)
}

/** Whether one may say something here now. */
export function mayWrite(room: Room): boolean {
  return can(room, 'say') && room.muted.until.value === 0
}
