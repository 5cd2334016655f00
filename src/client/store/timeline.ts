import type { LogEvent } from '../link/received.ts'
import { fold, targetOf } from './item.ts'
import type { BaseEvent, Effect, Item } from './item.ts'

interface Entry {
  readonly base: BaseEvent
  readonly item: Item
}

/**
 * A whole stretch of a group's log, as it looks. An effect may be loaded long before the entry that it
 * changes, so effects are kept by target and folded in whenever either of the two arrives.
 */
export interface Timeline {
  /** The lowest seq of the stretch. */
  readonly oldest: number
  readonly last: number
  /** Ascending by seq. */
  readonly entries: readonly Entry[]
  readonly effects: ReadonlyMap<number, readonly Effect[]>
}

/** A timeline before its first welcome. */
export const EMPTY: Timeline = { oldest: 1, last: 0, entries: [], effects: new Map() }

/** Starts over from the entries of a snapshot; without any, history begins after `head`. */
export function startedFrom(events: readonly LogEvent[], head: number): Timeline {
  const oldest = events[0]?.seq ?? head + 1
  return withEvents({ ...EMPTY, oldest, last: oldest - 1 }, events)
}

/** Goes on with the entries that follow; anything else was not ours to apply ([P10]). */
export function withEvents(timeline: Timeline, events: readonly LogEvent[]): Timeline {
  let last = timeline.last
  const next = events.filter((event) => event.seq === last + 1 && (last = event.seq) > 0)
  return next.length === 0 ? timeline : merged({ ...timeline, last }, next)
}

/** Puts an older page in front; one that doesn't reach up to the stretch is dropped. */
export function withOlder(timeline: Timeline, page: readonly LogEvent[]): Timeline {
  const older = page.filter((event) => event.seq < timeline.oldest)
  const [first] = older
  if (first === undefined) return timeline
  if (older.at(-1)?.seq !== timeline.oldest - 1) return timeline
  return merged({ ...timeline, oldest: first.seq }, older)
}

/** Takes an entry anew, because its text has come back and only the server has it. */
export function withFresh(timeline: Timeline, event: LogEvent): Timeline {
  if (event.kind !== 'message') return timeline
  const entries = timeline.entries.map((entry) =>
    entry.base.seq === event.seq ? toEntry(event, timeline.effects) : entry,
  )
  return { ...timeline, entries }
}

/** Lets the oldest entries go until `most` are left; they can be fetched again. */
export function trimmed(timeline: Timeline, most: number): Timeline {
  const first = timeline.entries.at(-most)
  if (timeline.entries.length <= most || first === undefined) return timeline
  const oldest = first.base.seq
  const effects = new Map<number, readonly Effect[]>()
  for (const [target, all] of timeline.effects) {
    const kept = all.filter((effect) => effect.seq >= oldest)
    if (kept.length > 0) effects.set(target, kept)
  }
  // An effect is younger than its target: those that go belong to entries that go with them.
  return { ...timeline, oldest, entries: timeline.entries.slice(-most), effects }
}

/** The entry with this seq, if it is loaded. */
export function itemAt(timeline: Timeline, seq: number): Item | undefined {
  const entry = timeline.entries[placeOf(timeline.entries, seq)]
  return entry?.base.seq === seq ? entry.item : undefined
}

function merged(timeline: Timeline, events: readonly LogEvent[]): Timeline {
  const effects = new Map(timeline.effects)
  const added: BaseEvent[] = []
  const changed = new Set<number>()
  for (const event of events) {
    switch (event.kind) {
      case 'foreign':
        break
      case 'message':
      case 'reply.started':
      case 'member':
      case 'settings':
        added.push(event)
        break
      default:
        for (const target of [targetOf(event), ...repliesLostTo(event, effects)]) {
          effects.set(target, inOrder([...(effects.get(target) ?? []), event]))
          changed.add(target)
        }
    }
  }
  const kept = timeline.entries.map((entry) =>
    changed.has(entry.base.seq) ? toEntry(entry.base, effects) : entry,
  )
  const fresh = added.map((base) => toEntry(base, effects))
  const isOlder = (fresh[0]?.base.seq ?? 0) < (kept[0]?.base.seq ?? 0)
  return { ...timeline, effects, entries: isOlder ? [...fresh, ...kept] : [...kept, ...fresh] }
}

// A reply that quoted a message loses its text with it; the log names the reply's end. One whose end
// is not loaded yet needs nothing: the server has taken the text out of every later page.
function repliesLostTo(event: Effect, effects: Timeline['effects']): readonly number[] {
  const also = event.kind === 'recalled' || event.kind === 'retracted' ? event.body.also : undefined
  if (also === undefined) return []
  return [...effects.values()]
    .flat()
    .flatMap((end) => (end.kind === 'reply.ended' && also.includes(end.seq) ? end.body.reply : []))
    .filter((reply) => reply !== targetOf(event))
}

function toEntry(base: BaseEvent, effects: Timeline['effects']): Entry {
  return { base, item: fold(base, effects.get(base.seq) ?? []) }
}

function inOrder(effects: readonly Effect[]): readonly Effect[] {
  return effects.toSorted((one, other) => one.seq - other.seq)
}

// The first place whose seq is not below, by halving.
function placeOf(entries: readonly Entry[], seq: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.base.seq ?? 0) < seq) low = middle + 1
    else high = middle
  }
  return low
}
