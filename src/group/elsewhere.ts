import type { Env } from '../env.ts'
import { modelHealth } from '../model/health.ts'
import type { ModelOutcome } from '../model/outcome.ts'
import { OPERATIONS_NAME } from '../ops/metrics.ts'
import { budgetFrom } from './config.ts'
import type { Errand } from './outbox.ts'
import type { Purse } from './quotas.ts'

/** Tells another object what it has to hear of a group. */
export async function deliver(env: Env, group: string, errand: Errand): Promise<void> {
  switch (errand.kind) {
    case 'joined':
      return env.MEMBERS.getByName(errand.member).joined(group, errand.version)
    case 'left':
      return env.MEMBERS.getByName(errand.member).left(group, errand.version)
    case 'settle': {
      const { hold, replies, tokens } = errand
      return env.OPERATIONS.getByName(OPERATIONS_NAME).settleReply(hold, replies, tokens)
    }
  }
}

/**
 * The deployment's purse; none where it sets no limit, so that the way of each reply is a call shorter.
 *
 * @throws like `budgetFrom`.
 */
export function purseOf(env: Env): Purse | undefined {
  const limits = budgetFrom(env)
  return (
    limits && {
      hold: async (name, tokens) =>
        env.OPERATIONS.getByName(OPERATIONS_NAME).holdReply(name, tokens, limits),
    }
  )
}

/** Tells an endpoint's own object how a call went. No such figure is worth a fault: it may be lost. */
export async function reportHealth(
  env: Env,
  endpoint: string,
  outcome: ModelOutcome,
): Promise<void> {
  try {
    await modelHealth(env.MODEL_HEALTH, endpoint).report(outcome)
  } catch {
    // See above.
  }
}
