/** The text so far of a reply that is being written. */
export interface LiveReply {
  readonly run: number
  readonly text: string
}

/** Replies that are being written, by seq. Nothing here is durable ([P12]). */
export type LiveReplies = ReadonlyMap<number, LiveReply>

interface Delta {
  readonly reply: number
  readonly run: number
  readonly offset: number
  readonly text: string
}

/**
 * Adds a piece where it belongs. Pieces of an older run, and pieces after a lost one, change nothing:
 * `reply.ended` brings the truth.
 */
export function withDelta(live: LiveReplies, delta: Delta): LiveReplies {
  const { reply, run, offset, text } = delta
  const known = live.get(reply) ?? { run: 0, text: '' }
  if (run < known.run) return live
  const before = run > known.run ? '' : known.text
  if (offset > before.length || offset + text.length <= before.length) return live
  return new Map(live).set(reply, { run, text: before.slice(0, offset) + text })
}

/** Replaces the text of a reply, unless a newer run has begun. */
export function withSnapshot(
  live: LiveReplies,
  snapshot: LiveReply & { readonly reply: number },
): LiveReplies {
  const { reply, run, text } = snapshot
  if (run < (live.get(reply)?.run ?? 0)) return live
  return new Map(live).set(reply, { run, text })
}

/** Forgets replies that have ended. */
export function without(live: LiveReplies, ended: readonly number[]): LiveReplies {
  if (!ended.some((reply) => live.has(reply))) return live
  const rest = new Map(live)
  for (const reply of ended) rest.delete(reply)
  return rest
}
