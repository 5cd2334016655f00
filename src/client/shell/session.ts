import { signal } from '@preact/signals'

import { deleteSession, fetchGroups, fetchMe, postSession } from './api.ts'
import type { GroupStanding, Me } from './api.ts'
import { HttpError } from './http.ts'
import { language, LANGUAGE_KEPT_AS } from './language.ts'

// Only whether: the session itself is a cookie that no script can read.
const KEPT_AS = 'parley.signed-in'

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
    remember(await fetchMe())
    await loadGroups()
  } catch (cause) {
    // Without an answer the forms still work: signing in asks again.
    if (session.value.is === 'unknown') session.value = { is: 'guest' }
    if (!(cause instanceof HttpError) && !(cause instanceof TypeError)) throw cause
  }
}

/** Whether someone was signed in here before, as far as this device remembers. */
export function wasSignedIn(): boolean {
  return localStorage.getItem(KEPT_AS) !== null
}

/** Makes sure of a session under this name; keeps the one that already has it. */
export async function signInAs(name: string): Promise<void> {
  const now = session.value
  if (now.is === 'signedIn' && now.me.name === name) return
  try {
    remember(await postSession(name, language.value))
  } catch (cause) {
    // Where people are signed in elsewhere, they may be already, under the name they have there.
    if (!isElsewhere(cause)) throw cause
    remember(await fetchMe())
  }
}

/** Lets the server know the language of the page, for what it says from the next connection on. */
export async function renewLanguage(): Promise<void> {
  const now = session.value
  if (now.is !== 'signedIn') return
  // The page itself has switched already; the server's own sentences can wait for a better time.
  await postSession(now.me.name, language.value).catch(() => null)
}

/** Renews the session under the same name; false where people are signed in elsewhere. */
export async function renewSession(): Promise<boolean> {
  const now = session.value
  if (now.is !== 'signedIn') return false
  try {
    await postSession(now.me.name, language.value)
    return true
  } catch (cause) {
    if (isElsewhere(cause)) return false
    throw cause
  }
}

/** Ends the session, and leaves nothing on this device of whoever it was but their language. */
export async function signOut(): Promise<void> {
  await deleteSession()
  for (const storage of [localStorage, sessionStorage]) {
    const ours = Object.keys(storage).filter((key) => key.startsWith('parley.'))
    for (const key of ours) if (key !== LANGUAGE_KEPT_AS) storage.removeItem(key)
  }
  groups.value = []
  session.value = { is: 'guest' }
}

// A server that takes tokens of another one signs nobody in by itself.
function isElsewhere(cause: unknown): boolean {
  return cause instanceof HttpError && (cause.status === 401 || cause.status === 403)
}

function remember(me: Me): void {
  session.value = { is: 'signedIn', me }
  localStorage.setItem(KEPT_AS, 'yes')
}

/** Brings the list of groups up to date; where that fails, the old list does for now. */
export async function loadGroups(): Promise<void> {
  const found = await fetchGroups().catch(() => groups.value)
  groups.value = found.toSorted((one, other) => other.lastAt - one.lastAt)
}
