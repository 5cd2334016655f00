import type { RefusalCode } from '../../protocol/codes.ts'
import type { FetchFrame } from '../../protocol/frames.ts'
import type { LogEvent } from './received.ts'

export type PageQuery = Pick<FetchFrame, 'after' | 'before' | 'limit'>

/** A stretch of the log, ascending; `more` when it goes on in the direction that was asked for. */
export interface Page {
  readonly events: readonly LogEvent[]
  readonly more: boolean
}

/** The server refused a page, or the link was closed before it came. */
export class PageError extends Error {
  override readonly name = 'PageError'
  readonly code: RefusalCode | 'closed'

  constructor(code: RefusalCode | 'closed') {
    super(`no page: ${code}`)
    this.code = code
  }
}

interface Asked {
  readonly frame: FetchFrame
  readonly resolve: (page: Page) => void
  readonly reject: (fault: PageError) => void
}

/** Pages that were asked for and have not come yet, and the one that repairs a hole. */
export class Pages {
  readonly #newId: () => string
  readonly #asked = new Map<string, Asked>()
  #repairing: string | null = null

  constructor(newId: () => string) {
    this.#newId = newId
  }

  ask(query: PageQuery): { readonly frame: FetchFrame; readonly page: Promise<Page> } {
    const frame: FetchFrame = { type: 'fetch', id: this.#newId(), ...query }
    const { promise: page, resolve, reject } = Promise.withResolvers<Page>()
    this.#asked.set(frame.id, { frame, resolve, reject })
    return { frame, page }
  }

  /** The frame that fetches what is missing; `null` while one is under way. */
  repair(query: PageQuery): FetchFrame | null {
    if (this.#repairing !== null) return null
    this.#repairing = this.#newId()
    return { type: 'fetch', id: this.#repairing, ...query }
  }

  dropRepair(): void {
    this.#repairing = null
  }

  /** What to send again after a reconnection: reading twice does no harm. */
  unanswered(): readonly FetchFrame[] {
    return Array.from(this.#asked.values(), ({ frame }) => frame)
  }

  /** Hands a page to whoever asked for it; the link itself takes a `repair`. */
  settle(page: Page & { readonly id: string }): 'repair' | 'asked' | 'unknown' {
    if (page.id === this.#repairing) {
      this.#repairing = null
      return 'repair'
    }
    const asked = this.#asked.get(page.id)
    this.#asked.delete(page.id)
    asked?.resolve({ events: page.events, more: page.more })
    return asked === undefined ? 'unknown' : 'asked'
  }

  /** Takes a refusal that was meant for a page; true if it was. */
  refuse(refusal: { readonly id: string | null; readonly code: RefusalCode }): boolean {
    const id = refusal.id
    if (id === null) return false
    if (id === this.#repairing) {
      this.#repairing = null
      return true
    }
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    asked?.reject(new PageError(refusal.code))
    return asked !== undefined
  }

  abandon(): void {
    for (const { reject } of this.#asked.values()) reject(new PageError('closed'))
    this.#asked.clear()
  }
}
