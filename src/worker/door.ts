import type { Env } from '../env.ts'
import type { Person } from './session.ts'
import type { Trust } from './trust.ts'

/** What every route of the front door has at hand. */
export interface Door {
  Bindings: Env
  Variables: {
    /** What is signed with and believed; nothing is served before it is known to be there. */
    trust: Trust
    /** Who asks, behind `signedIn`. */
    person: Person
  }
}
