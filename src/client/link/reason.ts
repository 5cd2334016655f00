import { CLOSE, isRetryable } from '../../protocol/codes.ts'

/** Why there is no connection, in terms that a person can be told. */
export type Reason =
  | 'lost'
  | 'offline'
  | 'restarting'
  | 'slow'
  | 'expired'
  | 'tooFast'
  | 'serverError'
  | 'signedOut'
  | 'removed'
  | 'noGroup'
  | 'tooMany'
  | 'refused'

/** What follows from the end of a connection: its reason, and whether to come back by oneself. */
export interface Verdict {
  readonly reason: Reason
  readonly retry: boolean
}

const REASONS: ReadonlyMap<number, Reason> = new Map([
  [CLOSE.goingAway, 'restarting'],
  [CLOSE.tooSlow, 'slow'],
  [CLOSE.expired, 'expired'],
  [CLOSE.tooFast, 'tooFast'],
  [CLOSE.serverError, 'serverError'],
  [CLOSE.removed, 'removed'],
  [CLOSE.noSuchGroup, 'noGroup'],
  [CLOSE.tooManyConnections, 'tooMany'],
])

/** Obeys a close code ([P22]). Codes below 4000 are the network's and mean nothing final. */
export function verdictOfClose(code: number): Verdict {
  const retry = isRetryable(code)
  return { reason: REASONS.get(code) ?? (retry ? 'lost' : 'refused'), retry }
}

/** The front door said no to a ticket, with this HTTP status. */
export class TicketRefused extends Error {
  override readonly name = 'TicketRefused'
  readonly status: number

  constructor(status: number) {
    super(`no ticket: the server answered ${status}`)
    this.status = status
  }
}

/** What follows from a failed request for a ticket. */
export function verdictOfTicket(cause: unknown): Verdict {
  if (!(cause instanceof TicketRefused)) return { reason: 'lost', retry: true }
  switch (cause.status) {
    case 401:
      return { reason: 'signedOut', retry: false }
    case 403:
      return { reason: 'removed', retry: false }
    case 404:
      return { reason: 'noGroup', retry: false }
    case 429:
      return { reason: 'tooFast', retry: true }
    default:
      return cause.status >= 500
        ? { reason: 'serverError', retry: true }
        : { reason: 'refused', retry: false }
  }
}
