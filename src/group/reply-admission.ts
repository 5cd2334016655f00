import type { Ask, Model } from '../model/ask.ts'
import { estimateTokens } from '../model/prompt.ts'
import type { Outbox } from './outbox.ts'
import type { Quotas, Shortage } from './quotas.ts'
import type { Expired, Question, ReplyBook } from './reply-book.ts'
import { LITTLE_CHARS } from './writing.ts'

/**
 * How old a reply may be that is answered anew after a crash, in milliseconds. A lease takes 30 s to
 * run out, so that when a second one does the reply is older than this: once is all there can be.
 */
const ANEW_WITHIN_MS = 60_000

/** What is needed to know whether a question may be answered. */
export interface AdmissionParts {
  readonly book: ReplyBook
  readonly quotas: Quotas
  readonly outbox: Outbox
  readonly model: Model
  /** What the model is asked, or undefined if the trigger is gone by now. */
  readonly ask: (question: Question) => Ask | undefined
  /** Whether a member has a connection open. */
  readonly isHere: (member: string) => boolean
  /** Hears of a question that is not answered, because a quota is used up. */
  readonly onShortage: (question: Question, shortage: Shortage) => void
  readonly arm: () => void
}

/** What is asked anew, and what the call before had cost as far as that can be told. */
export interface Anew {
  readonly ask: Ask
  readonly earlierTokens: number
}

/** Decides what is answered: only that whose cost has been set aside before. */
export class ReplyAdmission {
  readonly #parts: AdmissionParts
  readonly #underWay = new Set<number>()
  #isOver = false

  constructor(parts: AdmissionParts) {
    this.#parts = parts
  }

  /** Lets nothing more be answered; the group is being erased. */
  end(): void {
    this.#isOver = true
  }

  /** Whether it is being decided about a question: the deployment's purse may take its time. */
  isUnderWay(trigger: number): boolean {
    return this.#underWay.has(trigger)
  }

  /** What is asked, once the cost is set aside; nothing where a promised question may not be answered. */
  async admit(question: Question): Promise<Ask | undefined> {
    const { book, quotas, model, ask, onShortage, arm } = this.#parts
    const { trigger } = question
    // Whoever comes second, the chain or the alarm, finds the promise taken.
    if (this.#underWay.has(trigger) || !book.isPromised(trigger)) return undefined
    this.#underWay.add(trigger)
    // An `again` is no event that would have done it.
    arm()
    try {
      const asked = ask(question)
      const shortage = asked && (await quotas.reserve(question, model.estimate(asked)))
      if (shortage) onShortage(question, shortage)
      // While the deployment was asked, the question may have been taken back, or the group erased.
      else if (asked && !this.#isOver && ask(question)) return asked
      this.#drop(trigger)
      return undefined
    } finally {
      this.#underWay.delete(trigger)
    }
  }

  /**
   * What is asked once more after a crash, once the cost of both calls is set aside: where little was
   * seen of the first answer, not long ago, and its asker is there to see another begin.
   */
  async admitAnew({ question, text }: Expired, ageMs: number): Promise<Anew | undefined> {
    const { book, quotas, model, isHere, ask } = this.#parts
    const { trigger, asker } = question
    const asked = ask(question)
    const isWorthIt = text.length < LITTLE_CHARS && ageMs < ANEW_WITHIN_MS && isHere(asker)
    if (!asked || !isWorthIt) return undefined
    const { inputTokens, outputTokens } = book.reserved(trigger)
    const cost = model.estimate(asked)
    const shownTokens = outputTokens > 0 ? estimateTokens(text) : 0
    const earlierTokens = inputTokens + shownTokens
    this.#underWay.add(trigger)
    try {
      if (!(await quotas.extend(question, shownTokens + cost.inputTokens))) return undefined
      const at = book.reservedAt(trigger)
      if (at === undefined || this.#isOver || !ask(question)) return undefined
      book.reserve(trigger, { inputTokens: earlierTokens + cost.inputTokens, outputTokens }, at)
      book.checkpoint(trigger, '')
      return { ask: asked, earlierTokens }
    } finally {
      this.#underWay.delete(trigger)
    }
  }

  #drop(trigger: number): void {
    const { book, quotas, outbox, arm } = this.#parts
    const hold = quotas.holdOf(trigger)
    book.close(trigger)
    if (hold === undefined) return
    outbox.note({ kind: 'settle', hold, replies: 0, tokens: 0 })
    arm()
  }
}
