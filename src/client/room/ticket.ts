import { TicketRefused } from '../link/reason.ts'
import { postRenewal, postTicket } from '../shell/api.ts'
import { HttpError } from '../shell/http.ts'
import { renewSession } from '../shell/session.ts'

/** Fetches leave to connect once, and says no in the terms of the link. */
export async function ticketFor(group: string): Promise<string> {
  try {
    return await postTicket(group)
  } catch (cause) {
    throw cause instanceof HttpError ? new TicketRefused(cause.status) : cause
  }
}

/** Takes a new session and puts a connection under it; `null` where people are signed in elsewhere. */
export async function renewConnection(
  group: string,
  connection: string | undefined,
): Promise<number | null> {
  if (connection === undefined || !(await renewSession())) return null
  return postRenewal(group, connection)
}
