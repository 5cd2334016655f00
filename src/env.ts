import type { Group } from './group/group.ts'
import type { Member } from './group/member.ts'
import type { Job } from './jobs/job.ts'
import type { Operations } from './ops/operations.ts'

/** Every binding, variable and secret. Only the doors hold it; everything deeper gets parts by name. */
export interface Env {
  /** One object per group: its connections, members and log. */
  readonly GROUPS: DurableObjectNamespace<Group>
  /** One object per person: the groups they are in. */
  readonly MEMBERS: DurableObjectNamespace<Member>
  /** One object: counters of the whole deployment. */
  readonly OPERATIONS: DurableObjectNamespace<Operations>
  /** One itty-durable object per model endpoint: how its calls went. */
  readonly MODEL_HEALTH: DurableObjectNamespace
  /** Segments of old history, and dead letters. */
  readonly ARCHIVE: R2Bucket
  /** Work that can wait; bodies carry ids, never text. */
  readonly JOBS: Queue<Job>
  /** The files of `public/`. */
  readonly ASSETS: Fetcher
  /** 60 tokens a minute per key; `LIMIT_ADDRESS_PER_MINUTE` is measured out of it. */
  readonly ADDRESS_LIMIT: RateLimit
  /** Which upload of the worker is running. */
  readonly VERSION: WorkerVersionMetadata

  /** Signs sessions and tickets; at least 32 characters. Without it nothing is served. */
  readonly SESSION_SECRET?: string
  /** The secret before it, while what it signed is still to be accepted; at least 32 characters. */
  readonly SESSION_SECRET_PREVIOUS?: string
  /** Bearer token of `/api/ops/*` and `/metrics`; without it both are closed. */
  readonly OPERATOR_TOKEN?: string
  /** `guest` (default): anyone may sign in with a name. `token`: only tokens signed elsewhere. */
  readonly SIGN_IN?: string
  /** Public keys (a JWK Set) of an issuer whose RS256 and ES256 tokens sign people in; https. */
  readonly JWKS_URL?: string
  /** What the issuer's tokens must say in `iss`; unset, anything. */
  readonly JWKS_ISSUER?: string
  /** What the issuer's tokens must say in `aud`; unset, anything. */
  readonly JWKS_AUDIENCE?: string
  /** Origins besides our own that may open sockets and change things, separated by commas. */
  readonly ALLOWED_ORIGINS?: string

  /** An OpenAI-compatible endpoint, up to and including `/v1`; unset, the embedded responder answers. */
  readonly MODEL_BASE_URL?: string
  readonly MODEL_NAME?: string
  readonly MODEL_API_KEY?: string
  /** More endpoints, in order of preference: a JSON list whose items name their secrets; see README. */
  readonly MODELS?: string

  /** Milliseconds until the first token of an answer, slow from half of them on; default 8000. */
  readonly MODEL_FIRST_TOKEN_MS?: string
  /** Milliseconds between two tokens; default 15000. */
  readonly MODEL_IDLE_MS?: string
  /** Milliseconds for a whole answer; default 120000. */
  readonly MODEL_TOTAL_MS?: string

  /** Words to mask, separated by commas, beside the small list that Parley ships. */
  readonly BLOCKED_WORDS?: string

  /** Events in one archive segment; default 500. */
  readonly ARCHIVE_SEGMENT_EVENTS?: string
  /** Milliseconds after which a segment that is not full is archived all the same; default a day. */
  readonly ARCHIVE_AFTER_MS?: string
  /** Archived events that recent storage keeps all the same; default 100000. */
  readonly ARCHIVE_KEEP_EVENTS?: string

  /** PROTOCOL §9: sign-ins, tickets, invites and upgrades from one address in a minute; default 60. */
  readonly LIMIT_ADDRESS_PER_MINUTE?: string
  readonly LIMIT_FRAME_BYTES?: string
  readonly LIMIT_TEXT_CHARS?: string
  readonly LIMIT_JSON_DEPTH?: string
  readonly LIMIT_MENTIONS?: string
  readonly LIMIT_ATTACHMENTS?: string
  readonly LIMIT_MEMBER_BURST?: string
  readonly LIMIT_MEMBER_PER_SECOND?: string
  readonly LIMIT_GROUP_PER_SECOND?: string
  readonly LIMIT_CONNECTIONS_PER_MEMBER?: string
  readonly LIMIT_CONNECTIONS_PER_GROUP?: string
  readonly LIMIT_REPLIES_PER_MINUTE?: string

  /** Replies to one member in an hour of UTC; default 15 × `LIMIT_REPLIES_PER_MINUTE`. */
  readonly QUOTA_MEMBER_REPLIES_PER_HOUR?: string
  /** Tokens, prompts included, of replies to one member in an hour; default 4,000 for each reply. */
  readonly QUOTA_MEMBER_TOKENS_PER_HOUR?: string
  /** Replies in one group in a day of UTC; default 250 × `LIMIT_REPLIES_PER_MINUTE`. */
  readonly QUOTA_GROUP_REPLIES_PER_DAY?: string
  /** Tokens of replies in one group in a day; default 4,000 for each reply. */
  readonly QUOTA_GROUP_TOKENS_PER_DAY?: string
  /** Replies of the whole deployment in a day of UTC; unset, there is no such limit. */
  readonly QUOTA_DEPLOYMENT_REPLIES_PER_DAY?: string
  /** Tokens of the whole deployment in a day of UTC; unset, there is no such limit. */
  readonly QUOTA_DEPLOYMENT_TOKENS_PER_DAY?: string
}
