import type { Env } from '../env.ts'
import { checkVariables } from '../group/config.ts'
import type { DoorRefusal } from './refusals.ts'
import { trustOf } from './trust.ts'
import type { Trust } from './trust.ts'

/** What a deployment trusts, once all of its variables can be used; else a refusal that names one. */
export function configurationOf(env: Env): Trust | DoorRefusal {
  const trust = trustOf(env)
  if ('code' in trust) return trust
  const problem = checkVariables(env)
  return problem === undefined ? trust : { code: 'not_configured', message: problem }
}
