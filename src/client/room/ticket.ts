import { TicketRefused } from '../link/reason.ts'
import { postTicket } from '../shell/api.ts'
import { HttpError } from '../shell/http.ts'

/** Fetches leave to connect once, and says no in the terms of the link. */
export async function ticketFor(group: string): Promise<string> {
  try {
    return await postTicket(group)
  } catch (cause) {
    throw cause instanceof HttpError ? new TicketRefused(cause.status) : cause
  }
}
