import type { ReplyStatus } from '../protocol/events.ts'

/** Somebody stopped it, its question was taken back, its time is over, or nobody is there to hear it. */
export type Why = 'stopped' | 'withdrawn' | 'late' | 'deserted'

/** Why a reply's model call was ended from here. */
export class ReplyStopped extends Error {
  override readonly name = 'ReplyStopped'
  readonly why: Why

  constructor(why: Why) {
    super(`the reply was ${why}`)
    this.why = why
  }

  /** Whether somebody wants to read no more of it. */
  get isWanted(): boolean {
    return this.why === 'stopped' || this.why === 'withdrawn'
  }

  /** What has become of a reply that left this text. */
  statusOf(text: string): ReplyStatus {
    if (this.why === 'late') return text === '' ? 'failed' : 'interrupted'
    return this.why === 'deserted' ? 'interrupted' : this.why
  }
}
