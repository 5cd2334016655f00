import type { Refusal } from '../protocol/codes.ts'
import type {
  GroupEvent,
  GroupSettings,
  ReplySource,
  ReplyStatus,
  Role,
} from '../protocol/events.ts'

/** What a call across the object's border comes back with: a value, or an expected no. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }

/** A person whom the front door has verified. Never taken from a request's own words. */
export interface Identity {
  readonly id: string
  readonly name: string
}

export interface GroupSummary {
  readonly id: string
  readonly title: string
  readonly role: Role
  readonly settings: GroupSettings
}

/** What the sidebar shows of a group, seen from one member. */
export interface Standing {
  readonly id: string
  readonly title: string
  readonly role: Role
  readonly unread: number
  readonly mentions: number
  /** When something was last said, in milliseconds since 1970; 0 in a silent group. */
  readonly lastAt: number
}

export type MemberState = 'active' | 'waiting' | 'banned' | 'left'

export interface MemberListing {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly state: MemberState
  readonly online: boolean
  /** Until when the member may not speak, in milliseconds since 1970; 0 when they may. */
  readonly mutedUntil: number
}

export interface InviteTerms {
  /** The role that the invite gives; never above `member`. */
  readonly role: 'member' | 'guest'
  readonly uses: number
  readonly expiresAt: number
}

/** An invite as moderators see it; what it opens the door with is not kept. */
export interface InviteListing extends InviteTerms {
  /** Names the invite where it is listed and revoked; opens nothing. */
  readonly id: string
  readonly usesLeft: number
  /** Who made it, and when. */
  readonly by: string
  readonly at: number
}

/** What became of an invite that was accepted. */
export interface Joined extends GroupSummary {
  /** Whether a moderator has yet to let them in. */
  readonly waiting: boolean
}

/** What replies cost. */
export interface Spent {
  readonly replies: number
  readonly tokens: number
}

/** The account of one reply, charged to whom it answers. */
export interface LedgerEntry {
  /** Seqs of the reply and of the message that it answers. */
  readonly reply: number
  readonly question: number
  readonly to: string
  /** When its cost was set aside, which decides the hour and the day that it counts to. */
  readonly at: number
  readonly status: ReplyStatus
  readonly source: ReplySource
  readonly model?: string
  /** 1; 0 where nothing of it was to be seen, so that it does not count as a reply. */
  readonly replies: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Whether the tokens are estimated, because the endpoint did not say. */
  readonly estimated: boolean
}

/** How much the assistant answers; hours and days are UTC's. */
export interface QuotaLimits {
  readonly memberRepliesPerMinute: number
  readonly memberRepliesPerHour: number
  readonly memberTokensPerHour: number
  readonly groupRepliesPerDay: number
  readonly groupTokensPerDay: number
}

/** Who used what, as moderators see it. */
export interface LedgerPage {
  readonly limits: QuotaLimits
  /** Since midnight UTC, with what is set aside for replies that are being written. */
  readonly today: Spent & { readonly resetsAt: number }
  readonly members: readonly (Spent & { readonly id: string; readonly name: string })[]
  /** The newest first. */
  readonly entries: readonly LedgerEntry[]
  readonly more: boolean
}

export interface MemberPatch {
  readonly role?: Role
  readonly mutedUntil?: number
  readonly state?: 'active' | 'banned'
}

export interface PageQuery {
  readonly after?: number
  readonly before?: number
  readonly limit: number
}

export interface Page {
  /** Ascending by seq, whichever way the page was asked for. */
  readonly events: readonly GroupEvent[]
  readonly more: boolean
}

export interface SearchHit {
  readonly seq: number
  readonly snippet: string
}

/** What an erased group left behind: nothing, counted. */
export interface Receipt {
  readonly group: string
  readonly events: number
  readonly segments: number
  readonly members: number
  readonly at: number
}

/** One redemption of a ticket, already verified by the front door. */
export interface Admission {
  readonly member: string
  /** The ticket's own id; good for one connection, ever. */
  readonly ticket: string
  readonly expiresAt: number
  /** What the member reads; what only they are told comes in it. */
  readonly language: 'en' | 'zh'
  /** When the member's session ends, and every connection of it, in milliseconds since 1970. */
  readonly sessionEndsAt: number
}

/**
 * What the front door and the queue's consumer may ask of a group. Every method that names a member
 * checks for itself what that member may do. An unknown group answers `not_found` and stores nothing.
 *
 * The upgrade is the one call that goes through `fetch`: `GET /socket?since=&epoch=` with the
 * `Admission` as JSON in the header `ADMISSION_HEADER`.
 */
export interface GroupApi {
  found(owner: Identity, title: string): Promise<Outcome<GroupSummary>>
  summary(member: string): Promise<Outcome<GroupSummary>>
  standing(member: string): Promise<Outcome<Standing>>
  change(
    by: string,
    patch: { readonly title?: string; readonly settings?: Partial<GroupSettings> },
  ): Promise<Outcome<GroupSummary>>
  erase(by: string): Promise<Outcome<Receipt>>
  roster(member: string): Promise<Outcome<readonly MemberListing[]>>
  changeMember(by: string, target: string, patch: MemberPatch): Promise<Outcome<MemberListing>>
  /** Makes `target` the owner and `by` a moderator. */
  transfer(by: string, target: string): Promise<Outcome<MemberListing>>
  /** Removes `target`, denies them who wait, or lets oneself go. */
  removeMember(by: string, target: string): Promise<Outcome<null>>
  /** Keeps only `secretHash`, the SHA-256 of the invite's secret in hexadecimal. */
  invite(by: string, secretHash: string, terms: InviteTerms): Promise<Outcome<null>>
  invites(by: string): Promise<Outcome<readonly InviteListing[]>>
  /** Revokes an invite by its id or by its whole hash. */
  revokeInvite(by: string, invite: string): Promise<Outcome<null>>
  /** Redeems an invite; whoever is in, or waits, already keeps their role and uses nothing up. */
  join(person: Identity, secretHash: string): Promise<Outcome<Joined>>
  /** Whether a ticket may be written for this person; takes over their current name. */
  admit(person: Identity): Promise<Outcome<GroupSummary>>
  /** Puts an open connection of a member under a newer session. */
  renew(member: string, connection: string, sessionEndsAt: number): Promise<Outcome<null>>
  /** Who used what: the accounts of replies before `before`. */
  ledger(member: string, before: number, limit: number): Promise<Outcome<LedgerPage>>
  page(member: string, query: PageQuery): Promise<Outcome<Page>>
  search(member: string, words: string): Promise<Outcome<readonly SearchHit[]>>
}

/** The internal header that carries an `Admission`; the front door builds it, never a client. */
export const ADMISSION_HEADER = 'x-parley-admission'
