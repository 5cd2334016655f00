import type { Turn } from './turn.ts'

/** Leave to go on: runs the rest of the chain. */
export type Next = () => Promise<void>

/**
 * A link of the chain. It may change the turn, stop it by not calling `next`, or act again once
 * `next` has come back. Up to `publish` a handler must not wait for anything: the message is made
 * durable in the same synchronous turn in which its frame arrived.
 */
export type Handler = (turn: Turn, next: Next) => Promise<void> | void

/**
 * Makes one function of a list of handlers, run in the order of the list. Everything up to the first
 * handler that really waits happens before `compose`'s function returns.
 *
 * @throws when a handler calls `next` twice.
 */
export function compose(handlers: readonly Handler[]): (turn: Turn) => Promise<void> {
  return async function chain(turn) {
    let reached = -1
    async function dispatch(index: number): Promise<void> {
      if (index <= reached) throw new Error(`${nameOf(handlers[index - 1])} called next twice`)
      reached = index
      const handler = handlers[index]
      if (handler) await handler(turn, () => dispatch(index + 1))
    }
    await dispatch(0)
  }
}

/**
 * Runs handlers side by side and goes on when all are done. One that fails is noted on the turn and
 * holds nobody up; `next` means nothing to them, since nothing comes after one alone.
 */
export function together(...handlers: readonly Handler[]): Handler {
  return async function together(turn, next) {
    await Promise.all(handlers.map(async (handler) => alone(handler, turn)))
    await next()
  }
}

async function alone(handler: Handler, turn: Turn): Promise<void> {
  try {
    await handler(turn, async () => {})
  } catch (fault) {
    turn.faults.push({ handler: nameOf(handler), fault })
  }
}

function nameOf(handler: Handler | undefined): string {
  return handler?.name || 'a handler'
}
