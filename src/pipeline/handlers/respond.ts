import type { Handler } from '../compose.ts'
import type { Turn } from '../turn.ts'

/** The assistant, as the chain sees it. */
export interface Voice {
  /** Answers a published message; resolves when the reply has ended, however it did. */
  answer(turn: Turn): Promise<void>
}

/** Lets the assistant answer where the route says so. */
export function respond(voice: Voice): Handler {
  return async function respond(turn, next) {
    if (turn.route?.to === 'assistant') await voice.answer(turn)
    await next()
  }
}
