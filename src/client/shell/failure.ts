import { fill } from '../words/words.ts'
import type { Words } from '../words/words.ts'
import { HttpError } from './http.ts'

/** Says why something did not work, and what to do, in words for people. */
export function wordsFor(cause: unknown, { errors }: Words): string {
  if (!(cause instanceof HttpError)) return errors.unreachable
  switch (cause.status) {
    case 400:
      return errors.name
    case 401:
      return errors.signIn
    case 403:
      return errors.forbidden
    case 404:
      return errors.notFound
    case 409:
      return errors.conflict
    case 429:
      return errors.tooFast
    default:
      return fill(errors.unknown, { ref: cause.ref || cause.status })
  }
}

/** The same for an invite, where most answers mean that it has had its time. */
export function wordsForInvite(cause: unknown, words: Words): string {
  const isSpent = cause instanceof HttpError && [400, 403, 404, 409, 410].includes(cause.status)
  return isSpent ? words.errors.invite : wordsFor(cause, words)
}
