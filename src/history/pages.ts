/** What a page is asked for: events after or before a seq; with neither, the newest. */
export interface PageRequest {
  readonly after?: number
  readonly before?: number
  readonly limit: number
  /** Most UTF-8 bytes that the encoded entries may have together. */
  readonly bytes: number
}

/** A place that entries come from, in the order of the walk: ascending after, descending before. */
export interface EntrySource {
  /** Encoded entries with `seq > from`, ascending. */
  after(from: number): Iterable<Entry> | AsyncIterable<Entry>
  /** Encoded entries with `seq < from`, newest first. */
  before(from: number): Iterable<Entry> | AsyncIterable<Entry>
}

/** An event, encoded as it stands in a page. */
export interface Entry {
  readonly seq: number
  readonly json: string
}

export interface EncodedPage {
  /** Ascending, whichever way the page was asked for. */
  readonly entries: readonly Entry[]
  readonly more: boolean
}

/**
 * Cuts a page out of a walk: as many entries as `limit` and `bytes` allow, but at least one, and
 * whether there would have been more. The archive and recent storage are walked as one ([P9]).
 */
export async function readPage(source: EntrySource, request: PageRequest): Promise<EncodedPage> {
  const isForward = request.after !== undefined
  const walk = isForward
    ? source.after(request.after)
    : source.before(request.before ?? Number.MAX_SAFE_INTEGER)
  const page = new PageCut(request)
  for await (const entry of walk) if (!page.take(entry)) break
  return page.done(isForward)
}

/** The same cut for a walk that needs no waiting. */
export function cutPage(walk: Iterable<Entry>, request: PageRequest): EncodedPage {
  const page = new PageCut(request)
  for (const entry of walk) if (!page.take(entry)) break
  return page.done(request.after !== undefined)
}

class PageCut {
  readonly #request: PageRequest
  readonly #entries: Entry[] = []
  #bytes = 0
  #more = false

  constructor(request: PageRequest) {
    this.#request = request
  }

  take(entry: Entry): boolean {
    const size = new TextEncoder().encode(entry.json).byteLength + 1
    const isFull =
      this.#entries.length >= this.#request.limit ||
      (this.#entries.length > 0 && this.#bytes + size > this.#request.bytes)
    if (isFull) {
      this.#more = true
      return false
    }
    this.#entries.push(entry)
    this.#bytes += size
    return true
  }

  done(isForward: boolean): EncodedPage {
    return { entries: isForward ? this.#entries : this.#entries.toReversed(), more: this.#more }
  }
}
