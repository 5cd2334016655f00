import type { Archive } from '../history/archive.ts'
import type { Receipt } from './api.ts'
import type { Facts } from './facts.ts'
import type { Outbox } from './outbox.ts'
import type { Roster } from './roster.ts'
import type { Timeline } from './timeline.ts'

/** What erasing a group has to reach. */
export interface ClearanceParts {
  readonly facts: Facts
  readonly timeline: Timeline
  readonly roster: Roster
  readonly outbox: Outbox
  readonly archive: Archive
  /** Segments that the archive holds of this group. */
  readonly segments: () => number
  readonly deleteAll: () => Promise<void>
}

/**
 * The end of a group: noted first, so that a crash on the way leaves nothing half alive; then every
 * member's own object is told, the archive emptied and, last, the group itself deleted.
 */
export class Clearance {
  readonly #parts: ClearanceParts

  constructor(parts: ClearanceParts) {
    this.#parts = parts
  }

  /** Notes the end and what it takes away; call it in a transaction. */
  begin(): Receipt {
    const { facts, timeline, roster, outbox, segments } = this.#parts
    const [at, members] = [Date.now(), roster.active()]
    facts.erase(at)
    for (const { id } of members) {
      outbox.note({ kind: 'left', member: id, version: timeline.head + 1 })
    }
    const { id: group } = facts
    return { group, events: timeline.head, segments: segments(), members: members.length, at }
  }

  /** Goes on with clearing away; true once nothing is left. Repeating any step does no harm. */
  async run(now: number): Promise<boolean> {
    const { facts, outbox, archive, deleteAll } = this.#parts
    await outbox.run(now)
    // Replies that were cut off have settled their account meanwhile.
    await outbox.run(Math.max(now, Date.now()))
    if (outbox.due() !== undefined) return false
    await archive.erase(facts.id)
    await deleteAll()
    return true
  }
}
