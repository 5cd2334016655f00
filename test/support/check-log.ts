import { isDeepStrictEqual } from 'node:util'

import type { GroupEvent } from '../../src/protocol/events.ts'

/** A promise that a server made: this id of this member is in the log, there, for ever. */
export interface Acked {
  readonly from: string
  readonly id: string
  readonly seq: number
}

/** What happened during a run, as its clients know it, beside the log that is left. */
export interface History {
  /** Every ack, in the order in which each member sent what was acknowledged. */
  readonly acked: readonly Acked[]
  /** What each reader saw, in the order in which it came. */
  readonly seen: readonly (readonly GroupEvent[])[]
  /** The whole log, read from the server afterwards. */
  readonly log: readonly GroupEvent[]
}

/** What a run promised and kept; everything below `durable` has to be 0. */
export interface Verdict {
  /** Different messages that were acknowledged. */
  readonly acked: number
  /** Messages and other events with a client's id in the log, acknowledged or not. */
  readonly durable: number
  /** Acknowledged, but not in the log. */
  readonly lost: number
  /** In the log, but not at the seq that was acknowledged. */
  readonly moved: number
  /** Ids of a member that are in the log more than once. */
  readonly twice: number
  /** Places where the next event is not the next seq, counting from 1. */
  readonly holes: number
  /** Seen by a reader, but not in the log or there with other content. */
  readonly changed: number
  /** Acknowledged behind something that the same member sent later. */
  readonly overtaken: number
  /** The first few violations, in words. */
  readonly examples: readonly string[]
}

const EXAMPLES = 10

/** Holds a log against everything that clients were told about it: rules P5, P6, P7 and P10. */
export function checkLog(history: History): Verdict {
  const faults = { lost: 0, moved: 0, twice: 0, holes: 0, changed: 0, overtaken: 0 }
  const examples: string[] = []
  function report(fault: keyof typeof faults, words: string): void {
    faults[fault] += 1
    if (examples.length < EXAMPLES) examples.push(`${fault}: ${words}`)
  }

  let expected = 1
  const bySeq = new Map<number, GroupEvent>()
  const byId = new Map<string, number>()
  for (const event of history.log) {
    if (event.seq !== expected) report('holes', `${event.seq} follows ${expected - 1}`)
    expected = event.seq + 1
    bySeq.set(event.seq, event)
    if (event.id === undefined) continue
    const key = `${event.from} ${event.id}`
    const first = byId.get(key)
    if (first === undefined) byId.set(key, event.seq)
    else report('twice', `${key} is at ${first} and ${event.seq}`)
  }

  const promised = new Map<string, number>()
  const lastOf = new Map<string, number>()
  for (const { from, id, seq } of history.acked) {
    const key = `${from} ${id}`
    const found = byId.get(key)
    if (found === undefined) report('lost', `${key} was acknowledged at ${seq}`)
    else if (found !== seq) report('moved', `${key} was acknowledged at ${seq}, is at ${found}`)
    if (!promised.has(key) && seq < (lastOf.get(from) ?? 0)) {
      report('overtaken', `${key} at ${seq} was sent after what is at ${lastOf.get(from)}`)
    }
    promised.set(key, seq)
    lastOf.set(from, Math.max(seq, lastOf.get(from) ?? 0))
  }

  for (const events of history.seen) {
    for (const event of events) {
      const kept = bySeq.get(event.seq)
      if (!isDeepStrictEqual(kept, event)) {
        report('changed', `${JSON.stringify(event)} is now ${JSON.stringify(kept)}`)
      }
    }
  }
  return { acked: promised.size, durable: byId.size, ...faults, examples }
}

/** How many promises were broken. */
export function countViolations(verdict: Verdict): number {
  const { lost, moved, twice, holes, changed, overtaken } = verdict
  return lost + moved + twice + holes + changed + overtaken
}
