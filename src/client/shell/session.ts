import { signal } from '@preact/signals'

import { fetchGroups, fetchMe, postSession } from './api.ts'
import type { GroupStanding, Me } from './api.ts'
import { HttpError } from './http.ts'

export type Session =
  | { readonly is: 'unknown' }
  | { readonly is: 'guest' }
  | { readonly is: 'signedIn'; readonly me: Me }

/** Who is sitting here, as far as the server has said. */
export const session = signal<Session>({ is: 'unknown' })

/** One's groups, newest first. */
export const groups = signal<readonly GroupStanding[]>([])

/** Asks the server who one is. Not being anyone yet is no error. */
export async function loadSession(): Promise<void> {
  try {
    session.value = { is: 'signedIn', me: await fetchMe() }
    await loadGroups()
  } catch (cause) {
    // Without an answer the forms still work: signing in asks again.
    if (session.value.is === 'unknown') session.value = { is: 'guest' }
    if (!(cause instanceof HttpError) && !(cause instanceof TypeError)) throw cause
  }
}

/** Makes sure of a session under this name; keeps the one that already has it. */
export async function signInAs(name: string): Promise<void> {
  const now = session.value
  if (now.is === 'signedIn' && now.me.name === name) return
  session.value = { is: 'signedIn', me: await postSession(name) }
}

/** Brings the list of groups up to date; where that fails, the old list does for now. */
export async function loadGroups(): Promise<void> {
  const found = await fetchGroups().catch(() => groups.value)
  groups.value = found.toSorted((one, other) => other.lastAt - one.lastAt)
}
