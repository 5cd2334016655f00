import { readPage } from '../history/pages.ts'
import type { GroupEvent } from '../protocol/events.ts'
import { SERVER_FRAME_BYTES } from '../protocol/limits.ts'
import type { Page, PageQuery, SearchHit } from './api.ts'
import type { Room } from './room.ts'

/** Search hits, and how much of a message each shows. */
const HITS = 50
const SNIPPET_CHARS = 200

/** A page of the log, out of recent storage and the archive as if they were one. */
export async function pageOf({ log }: Room, query: PageQuery): Promise<Page> {
  const { entries, more } = await readPage(log, { ...query, bytes: SERVER_FRAME_BYTES })
  return { events: entries.map(({ json }): GroupEvent => JSON.parse(json)), more }
}

/** Where one of these words was said, the newest first. */
export function searchIn({ transcript }: Room, words: string): readonly SearchHit[] {
  const wanted = words.split(/\s+/u).filter((word) => word !== '')
  const lines = transcript.search(Number.MAX_SAFE_INTEGER, wanted, HITS)
  return lines.map(({ seq, text }) => ({ seq, snippet: text.slice(0, SNIPPET_CHARS) }))
}
