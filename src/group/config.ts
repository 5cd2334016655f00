import type { Env } from '../env.ts'
import { ModelSettingError, parseModelSettings } from '../model/settings.ts'
import type { BudgetLimits } from '../ops/budget.ts'
import { DEFAULT_LIMITS } from '../protocol/limits.ts'
import type { Limits } from '../protocol/limits.ts'
import type { QuotaLimits } from './api.ts'
import type { ArchivePolicy } from './segments.ts'

const DAY_MS = 86_400_000

/** A variable that cannot be used as it is. The message names it and never repeats its value. */
class VariableError extends Error {
  override readonly name = 'VariableError'
}

/** A small quiet group fills no segment for weeks; a day keeps the archive at one object a day. */
const DEFAULT_POLICY: ArchivePolicy = { segmentEvents: 500, afterMs: DAY_MS, keepEvents: 100_000 }

/** A welcome shows this many events without a look at the archive. */
const LEAST_KEPT = 50

/** The limits of this deployment. @throws when a variable is no positive number, or no whole one where it counts. */
export function limitsFrom(env: Env): Limits {
  return {
    frameBytes: count(env, 'LIMIT_FRAME_BYTES', DEFAULT_LIMITS.frameBytes),
    textChars: count(env, 'LIMIT_TEXT_CHARS', DEFAULT_LIMITS.textChars),
    jsonDepth: count(env, 'LIMIT_JSON_DEPTH', DEFAULT_LIMITS.jsonDepth),
    mentions: count(env, 'LIMIT_MENTIONS', DEFAULT_LIMITS.mentions),
    attachments: count(env, 'LIMIT_ATTACHMENTS', DEFAULT_LIMITS.attachments),
    memberBurst: count(env, 'LIMIT_MEMBER_BURST', DEFAULT_LIMITS.memberBurst),
    memberPerSecond: positive(env, 'LIMIT_MEMBER_PER_SECOND', DEFAULT_LIMITS.memberPerSecond),
    groupPerSecond: positive(env, 'LIMIT_GROUP_PER_SECOND', DEFAULT_LIMITS.groupPerSecond),
    connectionsPerMember: count(
      env,
      'LIMIT_CONNECTIONS_PER_MEMBER',
      DEFAULT_LIMITS.connectionsPerMember,
    ),
    connectionsPerGroup: count(
      env,
      'LIMIT_CONNECTIONS_PER_GROUP',
      DEFAULT_LIMITS.connectionsPerGroup,
    ),
    repliesPerMinute: count(env, 'LIMIT_REPLIES_PER_MINUTE', DEFAULT_LIMITS.repliesPerMinute),
  }
}

/** The replies of an hour and of a day where only those of a minute are set, per one of these. */
const REPLIES_PER_HOUR = 15
const REPLIES_PER_DAY = 250

/** The tokens that a reply costs where only replies are limited: a prompt of 3,000 and an answer. */
const TOKENS_PER_REPLY = 4_000

/** How much the assistant may answer in one group. @throws like `limitsFrom`. */
export function quotasFrom(env: Env): QuotaLimits {
  const memberRepliesPerMinute = limitsFrom(env).repliesPerMinute
  const memberRepliesPerHour = count(
    env,
    'QUOTA_MEMBER_REPLIES_PER_HOUR',
    memberRepliesPerMinute * REPLIES_PER_HOUR,
  )
  const groupRepliesPerDay = count(
    env,
    'QUOTA_GROUP_REPLIES_PER_DAY',
    memberRepliesPerMinute * REPLIES_PER_DAY,
  )
  return {
    memberRepliesPerMinute,
    memberRepliesPerHour,
    memberTokensPerHour: count(
      env,
      'QUOTA_MEMBER_TOKENS_PER_HOUR',
      memberRepliesPerHour * TOKENS_PER_REPLY,
    ),
    groupRepliesPerDay,
    groupTokensPerDay: count(
      env,
      'QUOTA_GROUP_TOKENS_PER_DAY',
      groupRepliesPerDay * TOKENS_PER_REPLY,
    ),
  }
}

/** What the whole deployment may answer in a day; undefined where it sets no limit. @throws like `limitsFrom`. */
export function budgetFrom(env: Env): BudgetLimits | undefined {
  const replies = count(env, 'QUOTA_DEPLOYMENT_REPLIES_PER_DAY', Infinity)
  const tokens = count(env, 'QUOTA_DEPLOYMENT_TOKENS_PER_DAY', Infinity)
  if (replies === Infinity && tokens === Infinity) return undefined
  return {
    ...(replies !== Infinity && { repliesPerDay: replies }),
    ...(tokens !== Infinity && { tokensPerDay: tokens }),
  }
}

/** When and how much this deployment archives. @throws like `limitsFrom`. */
export function archivePolicyFrom(env: Env): ArchivePolicy {
  return {
    segmentEvents: count(env, 'ARCHIVE_SEGMENT_EVENTS', DEFAULT_POLICY.segmentEvents),
    afterMs: count(env, 'ARCHIVE_AFTER_MS', DEFAULT_POLICY.afterMs),
    keepEvents: Math.max(LEAST_KEPT, count(env, 'ARCHIVE_KEEP_EVENTS', DEFAULT_POLICY.keepEvents)),
  }
}

/** What is wrong with a variable that groups need, naming it and never its value; undefined if nothing. */
export function checkVariables(env: Env): string | undefined {
  try {
    quotasFrom(env)
    budgetFrom(env)
    archivePolicyFrom(env)
    parseModelSettings(env)
    return undefined
  } catch (fault) {
    if (fault instanceof ModelSettingError || fault instanceof VariableError) return fault.message
    throw fault
  }
}

type NumberVariable = Extract<
  keyof Env,
  `LIMIT_${string}` | `QUOTA_${string}` | `ARCHIVE_${string}`
>

function count(env: Env, name: NumberVariable, otherwise: number): number {
  const value = positive(env, name, otherwise)
  if (value === otherwise || Number.isInteger(value)) return value
  throw new VariableError(`${name} is not a whole number; set it to one or leave it out`)
}

function positive(env: Env, name: NumberVariable, otherwise: number): number {
  const text = env[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new VariableError(`${name} is not a positive number; set it to one or leave it out`)
}
