import type { Member } from './member.ts'
import { signIn } from './person.ts'
import type { Person } from './person.ts'

/** Two people in a group of their own, both connected. */
export interface Meeting {
  readonly group: string
  /** The owner. */
  readonly ada: Member
  readonly ben: Member
  readonly people: { readonly ada: Person; readonly ben: Person }
}

/** Ada founds a group, Ben joins it by an invite, and both sit down. */
export async function meet(url: string): Promise<Meeting> {
  const people = { ada: await signIn(url, 'Ada'), ben: await signIn(url, 'Ben') }
  const group = await people.ada.createGroup('Lobby')
  await people.ben.join(await people.ada.invite(group))
  const ada = await people.ada.connect(group)
  return { group, ada, ben: await people.ben.connect(group), people }
}
