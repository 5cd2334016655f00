import type { Refusal } from '../../protocol/codes.ts'
import type { Handler } from '../compose.ts'
import type { Published, Turn } from '../turn.ts'

/** The log, as the chain sees it. */
export interface Publisher {
  /** Makes the message durable, tells its author and then everyone, without waiting for anything. */
  append(turn: Turn): Published | Refusal
  /** Takes a published message back on every screen, in the log and in the archive. */
  retract(seq: number, rule: string): void
}

/** Makes the message an event of the log; what cannot become one goes no further. */
export function publish(publisher: Publisher): Handler {
  return async function publish(turn, next) {
    const outcome = publisher.append(turn)
    if ('code' in outcome) {
      turn.refusal = outcome
      return
    }
    turn.published = outcome
    await next()
  }
}
