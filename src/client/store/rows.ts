import type { Item } from './item.ts'
import { keyOf } from './item.ts'
import type { Outgoing } from './outgoing.ts'

// A longer silence starts a new group of messages even of one author.
const GROUP_MS = 5 * 60_000

/** Something that only the reader sees, shown after the entry with seq `after`. */
interface Interjection {
  readonly key: string
  readonly after: number
}

/** One line of the list, top to bottom. `isFirst` opens a group of one author and carries the name. */
export type Row<Notice extends Interjection> =
  | { readonly is: 'day'; readonly key: string; readonly at: number }
  | { readonly is: 'unread'; readonly key: string }
  | { readonly is: 'item'; readonly key: string; readonly item: Item; readonly isFirst: boolean }
  | {
      readonly is: 'outgoing'
      readonly key: string
      readonly outgoing: Outgoing
      readonly isFirst: boolean
    }
  | { readonly is: 'notice'; readonly key: string; readonly notice: Notice }

export interface RowSources<Notice extends Interjection> {
  readonly items: readonly Item[]
  readonly outgoing: readonly Outgoing[]
  readonly notices: readonly Notice[]
  readonly me: string
  /** The line "new" stands before the first entry of others after this seq; `null`: nowhere. */
  readonly readUpTo: number | null
  /** Names the day of a time; differs between two times on different days. */
  readonly dayOf: (at: number) => string
}

/** Lays the entries out: day lines, the line "new", groups of one author, private lines in between. */
export function toRows<Notice extends Interjection>(
  sources: RowSources<Notice>,
): readonly Row<Notice>[] {
  const { items, outgoing, notices, me, readUpTo, dayOf } = sources
  const rows: Row<Notice>[] = []
  const waiting = [...notices]
  let group: { readonly from: string; readonly at: number } | null = null
  let day = ''
  let isMarked = readUpTo === null

  const startDay = (at: number): void => {
    const today = dayOf(at)
    if (today === day) return
    rows.push({ is: 'day', key: `day-${today}`, at })
    group = null
    day = today
  }
  const opensGroup = (from: string, at: number): boolean => {
    const isFirst = group === null || group.from !== from || at - group.at > GROUP_MS
    group = { from, at }
    return isFirst
  }
  const showNoticesBefore = (seq: number): void => {
    while (waiting[0] !== undefined && waiting[0].after < seq) {
      const [notice] = waiting.splice(0, 1)
      if (notice !== undefined) rows.push({ is: 'notice', key: notice.key, notice })
      group = null
    }
  }

  for (const item of items) {
    showNoticesBefore(item.seq)
    startDay(item.at)
    if (!isMarked && item.seq > (readUpTo ?? 0) && item.from !== me && item.kind !== 'note') {
      rows.push({ is: 'unread', key: 'unread' })
      isMarked = true
      group = null
    }
    const isFirst = opensGroup(item.from, item.at)
    rows.push({ is: 'item', key: item.key, item, isFirst })
    if (item.kind === 'note') group = null
  }
  showNoticesBefore(Number.POSITIVE_INFINITY)
  for (const one of outgoing) {
    startDay(one.at)
    const isFirst = opensGroup(me, one.at)
    rows.push({ is: 'outgoing', key: keyOf(me, one.frame.id), outgoing: one, isFirst })
  }
  return rows
}
