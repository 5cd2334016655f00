import type { Handler } from '../compose.ts'
import type { Verdict } from '../turn.ts'
import type { Publisher } from './publish.ts'

/** Moderation that takes time, such as a remote model. Resolves to the rule that is broken, if any. */
export type Judge = (text: string) => Promise<{ readonly rule: string } | undefined>

/**
 * Asks the judge about a message that is already out, and takes it back if the verdict says so.
 * Without a judge, or when it fails, the message stays and is marked as unjudged.
 */
export function judge(ask: Judge | undefined, publisher: Pick<Publisher, 'retract'>): Handler {
  return async function judge(turn) {
    if (!ask) {
      turn.verdict = { kind: 'unjudged', why: 'no_judge' }
      return
    }
    turn.verdict = { kind: 'unjudged', why: 'judge_failed' }
    const broken = await ask(turn.text)
    turn.verdict = toVerdict(broken?.rule)
    const seq = turn.target ?? turn.published?.seq
    if (turn.verdict.kind === 'retract' && seq !== undefined) {
      publisher.retract(seq, turn.verdict.rule)
    }
  }
}

function toVerdict(rule: string | undefined): Verdict {
  return rule === undefined ? { kind: 'allow' } : { kind: 'retract', rule }
}
