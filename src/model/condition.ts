import type { AssistantState } from '../protocol/frames.ts'
import type { Model } from './ask.ts'

/** How the assistant is, as everyone may be told: codes only, and no word of a provider. */
export interface Condition {
  readonly state: AssistantState
  readonly reason?: string
  /** When a model may be asked again, in milliseconds since 1970; with `resting` only. */
  readonly retryAt?: number
}

/** A model that knows how it is. */
export interface Voice extends Model {
  readonly condition: Condition
}
