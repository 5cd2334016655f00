import { toFields } from '../shell/http.ts'
import type { Outgoing } from '../store/outgoing.ts'

/** Keeps unanswered messages over a reload of this tab; their ids make sending them twice harmless. */
export function keepOutgoing(group: string, me: string, outgoing: readonly Outgoing[]): void {
  const unanswered = outgoing.filter((one) => one.refused === undefined && one.seq === undefined)
  const place = `parley.unsent.${group}.${me}`
  if (unanswered.length === 0) sessionStorage.removeItem(place)
  else sessionStorage.setItem(place, JSON.stringify(unanswered))
}

/** What an earlier life of this tab could not send. */
export function keptOutgoing(group: string, me: string): readonly Outgoing[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(`parley.unsent.${group}.${me}`) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isOutgoing) : []
  } catch {
    return []
  }
}

/** Keeps what someone has begun to write in a group; an empty text is forgotten. */
export function keepDraft(group: string, text: string): void {
  if (text === '') localStorage.removeItem(`parley.draft.${group}`)
  else localStorage.setItem(`parley.draft.${group}`, text)
}

export function keptDraft(group: string): string {
  return localStorage.getItem(`parley.draft.${group}`) ?? ''
}

function isOutgoing(value: unknown): value is Outgoing {
  const { frame, at } = toFields(value)
  const { type, id, text } = toFields(frame)
  const isSay = type === 'say' && typeof id === 'string' && typeof text === 'string'
  return isSay && typeof at === 'number'
}
