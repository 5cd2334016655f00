import type { ClientFrame } from '../../protocol/frames.ts'

/** Requests that must not get lost, and may be sent again under the same id ([P7]). */
export type DurableRequest = Extract<
  ClientFrame,
  { readonly type: 'say' | 'edit' | 'recall' | 'react' }
>

/**
 * Requests in the order in which they were made. Only the first is ever on the wire: if the
 * connection breaks, none behind it can have overtaken it.
 */
export class Outbox {
  #requests: DurableRequest[] = []
  #isSent = false

  get count(): number {
    return this.#requests.length
  }

  add(request: DurableRequest): void {
    this.#requests.push(request)
  }

  /** The request to send now, once; `undefined` while one is on the wire or none is left. */
  next(): DurableRequest | undefined {
    const request = this.#isSent ? undefined : this.#requests[0]
    this.#isSent ||= request !== undefined
    return request
  }

  /** The server has answered `id`, either way. */
  settle(id: string): void {
    if (this.#requests[0]?.id === id) this.#isSent = false
    this.#requests = this.#requests.filter((request) => request.id !== id)
  }

  /** The connection is gone: nobody knows whether the first request arrived. */
  rewind(): void {
    this.#isSent = false
  }
}
