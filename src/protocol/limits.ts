/**
 * The bounds that a deployment may move with a plain variable (`LIMIT_…`), as a group enforces and
 * announces them in `welcome.limits`. Counts, unless the name ends in a unit.
 */
export interface Limits {
  /** Size of one frame from a client, in UTF-8 bytes. */
  readonly frameBytes: number
  /** Length of a message's text, in Unicode code points. */
  readonly textChars: number
  /** How deep objects and arrays of a frame may nest. */
  readonly jsonDepth: number
  readonly mentions: number
  readonly attachments: number
  /** What a member may send at once before `memberPerSecond` paces them. */
  readonly memberBurst: number
  readonly memberPerSecond: number
  /** Durable events a second that one group accepts from all its members together. */
  readonly groupPerSecond: number
  readonly connectionsPerMember: number
  readonly connectionsPerGroup: number
  /** Replies that one member may ask for in a minute. */
  readonly repliesPerMinute: number
}

/** PROTOCOL §9. */
export const DEFAULT_LIMITS: Limits = {
  frameBytes: 64 * 1024,
  textChars: 8_000,
  jsonDepth: 8,
  mentions: 20,
  attachments: 10,
  memberBurst: 20,
  memberPerSecond: 1,
  groupPerSecond: 100,
  connectionsPerMember: 8,
  connectionsPerGroup: 1_000,
  repliesPerMinute: 4,
}

/** The largest `welcome`, `page` or `batch` that a server sends, in UTF-8 bytes. */
export const SERVER_FRAME_BYTES = 256 * 1024

/** Events in one page, and what `limit` is clamped to. */
export const PAGE_EVENTS = 100

/** Events that a `welcome` in mode `snapshot` carries. */
export const SNAPSHOT_EVENTS = 50

/** Events that a `welcome` in mode `resumed` carries inline; the rest is fetched. */
export const RESUME_EVENTS = 200

/** How often a client pings, in milliseconds; the server's answer does not wake the group. */
export const HEARTBEAT_MS = 30_000

/** Silence after which a client gives a connection up, in milliseconds. */
export const SILENCE_MS = 45_000

/** Length of a person's or a group's name, in code points. */
export const NAME_CHARS = 64
