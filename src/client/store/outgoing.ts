import type { RefusalCode } from '../../protocol/codes.ts'
import type { SayFrame } from '../../protocol/frames.ts'
import type { LogEvent } from '../link/received.ts'

/** A message of one's own that the log does not show yet. */
export interface Outgoing {
  readonly frame: SayFrame
  readonly at: number
  /** Why the server said no; such a message waits for its author. */
  readonly refused?: { readonly code: RefusalCode; readonly retryAfterMs?: number }
  /** Its place in the log once acknowledged. */
  readonly seq?: number
}

type Answered = {
  readonly id: string
  readonly seq: number | null
}

/** The server has the message; it stays in sight until its entry of the log is. */
export function withAck(
  outgoing: readonly Outgoing[],
  { id, seq }: Answered,
  last: number,
): readonly Outgoing[] {
  if (seq === null || seq <= last) return outgoing.filter(({ frame }) => frame.id !== id)
  return outgoing.map((one) => (one.frame.id === id ? { ...one, seq } : one))
}

/** The server does not want the message; its text is kept for its author. */
export function withRefusal(
  outgoing: readonly Outgoing[],
  refusal: {
    readonly id: string | null
    readonly code: RefusalCode
    readonly retryAfterMs?: number
  },
): readonly Outgoing[] {
  const { id, code, retryAfterMs } = refusal
  const refused = { code, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  return outgoing.map((one) => (one.frame.id === id ? { ...one, refused } : one))
}

/** Lets go of messages whose entries have arrived. */
export function withoutLogged(
  outgoing: readonly Outgoing[],
  events: readonly LogEvent[],
  me: string,
): readonly Outgoing[] {
  if (outgoing.length === 0) return outgoing
  const logged = new Set(
    events.map((event) => (event.kind === 'message' && event.from === me ? event.id : undefined)),
  )
  return outgoing.filter(({ frame }) => !logged.has(frame.id))
}
