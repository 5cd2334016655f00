import type { Env } from '../env.ts'
import type { Person } from './session.ts'

/** What every route of the front door has at hand. */
export interface Door {
  Bindings: Env
  Variables: {
    /** The session secret; nothing is served before it is known to be there. */
    secret: string
    /** Who asks, behind `signedIn`. */
    person: Person
  }
}
