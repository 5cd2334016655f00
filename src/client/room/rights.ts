import type { Room } from './room.ts'

/** Whether one may say something here; guests read. The server decides, this only spares clicks. */
export function mayWrite(room: Room): boolean {
  return room.about.value?.you.role !== 'guest'
}

/** Whether one keeps order here: invites, and takes back what others said. */
export function mayModerate(room: Room): boolean {
  const role = room.about.value?.you.role
  return role === 'owner' || role === 'moderator'
}
