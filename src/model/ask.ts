import type { ReplySource, Usage } from '../protocol/events.ts'

/** What a message wants; rules name the sure ones and leave the rest to `ask`. */
export type Intent = 'greet' | 'help' | 'search' | 'summarize' | 'ask'

/** The languages that the assistant answers in by itself. */
export type Language = 'en' | 'zh'

/** A line of the conversation as a model may see it. */
export interface Line {
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
  /** The author's member id; `assistant` for the assistant's own lines. */
  readonly from: string
  /** The name the group knows the author by: shown, never trusted as identity. */
  readonly name: string
  readonly text: string
}

/** The group's own memory, for reading only; recalled and retracted lines are never in it. */
export interface Transcript {
  /** The newest lines before `beforeSeq`, oldest first. */
  recent(beforeSeq: number, count: number): readonly Line[]
  /**
   * Lines before `beforeSeq` that hold at least one of `words` (compared without case), newest
   * first. Looks through recent storage only.
   */
  search(beforeSeq: number, words: readonly string[], count: number): readonly Line[]
}

/** One question to the assistant, with what it may know. */
export interface Ask {
  readonly question: Line
  readonly intent: Intent
  readonly language: Language
  readonly groupTitle: string
  readonly assistantName: string
  readonly transcript: Transcript
}

/** Where the pieces of an answer go while it is written, and how its asker stops it. */
export interface AnswerStream {
  readonly signal: AbortSignal
  onText(text: string): void
}

/** What is known once an answer is whole. Its text went through `onText`. */
export interface Completion {
  /** `length`: the endpoint's own limit cut it; `filter`: the endpoint's filter did. */
  readonly finish: 'stop' | 'length' | 'filter'
  readonly source: ReplySource
  readonly model?: string
  readonly usage?: Usage
  /** Seqs of lines that the answer quotes word for word. */
  readonly quotes?: readonly number[]
  /** Why the embedded responder spoke where a model should have. Never text of a provider. */
  readonly degraded?: string
}

/**
 * The voice. Resolves when the answer is known to be whole; a stream that merely stops rejects
 * ([P15]). Rejects with the signal's reason when its asker stopped it.
 */
export interface Model {
  /** What answering may use, as far as it can be told beforehand; nothing where nobody pays for it. */
  estimate(ask: Ask): Usage
  complete(ask: Ask, stream: AnswerStream): Promise<Completion>
}
