import { compose, together } from './compose.ts'
import { classify } from './handlers/classify.ts'
import { judge } from './handlers/judge.ts'
import type { Judge } from './handlers/judge.ts'
import { moderate } from './handlers/moderate.ts'
import { publish } from './handlers/publish.ts'
import type { Publisher } from './handlers/publish.ts'
import { respond } from './handlers/respond.ts'
import type { Voice } from './handlers/respond.ts'
import { route } from './handlers/route.ts'
import { sanitize } from './handlers/sanitize.ts'
import type { Turn } from './turn.ts'
import type { WordList } from './words.ts'

/** What the chain needs from the room around it. */
export interface ChainParts {
  readonly words: WordList
  readonly publisher: Publisher
  /** Remote moderation; without one, messages are marked as unjudged. */
  readonly judge: Judge | undefined
  readonly voice: Voice
}

/** What happens to a message, in order. */
export function messageChain(parts: ChainParts): (turn: Turn) => Promise<void> {
  return compose([
    sanitize,
    moderate(parts.words, 'mask'),
    publish(parts.publisher),
    together(judge(parts.judge, parts.publisher), classify),
    route,
    respond(parts.voice),
  ])
}
