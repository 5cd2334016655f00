import * as v from 'valibot'

import { CLOSE } from '../protocol/codes.ts'
import { SUBPROTOCOL } from '../protocol/frames.ts'
import { ADMISSION_HEADER } from './api.ts'
import type { Room } from './room.ts'
import { encodeWelcome } from './welcome.ts'

const AdmissionShape = v.object({
  member: v.string(),
  ticket: v.string(),
  expiresAt: v.number(),
  language: v.picklist(['en', 'zh']),
  sessionEndsAt: v.number(),
})

/**
 * Lets a verified admission in. The welcome, what was missed and the replies that run leave in one
 * turn with the acceptance, so nothing can fall between the past and the live feed ([P3]).
 */
export function enter(request: Request, room: Room, sql: SqlStorage): Response {
  const { searchParams } = new URL(request.url)
  const header = request.headers.get(ADMISSION_HEADER) ?? ''
  const admission = v.parse(AdmissionShape, JSON.parse(header))
  const { member, ticket, expiresAt, language, sessionEndsAt } = admission
  const isFresh = expiresAt > Date.now() && redeem(sql, ticket, expiresAt)
  if (!isFresh) return new Response('that ticket is not valid any more', { status: 401 })
  const person = room.roster.member(member)
  if (!person) return new Response('you are not in this group', { status: 403 })
  const { connections, presence, fanout, limits } = room
  const { 0: client, 1: server } = new WebSocketPair()
  const others = connections.ofMember(member).length
  if (others >= limits.connectionsPerMember || connections.count >= limits.connectionsPerGroup) {
    return refuse(client, server, CLOSE.tooManyConnections, 'too many connections')
  }
  fanout.flush()
  const wasHere = connections.present(Date.now()).has(member)
  const connection = connections.open(server, {
    member,
    language,
    expiresAt: sessionEndsAt,
    readSeq: person.readSeq,
  })
  const since = searchParams.get('since')
  const position = {
    since: since === null ? undefined : Number(since),
    epoch: searchParams.get('epoch') ?? undefined,
  }
  connection.send(encodeWelcome(room, person, connection, position))
  if (!wasHere) presence.came(member)
  room.replies.onCompany()
  room.counters.count('connections_opened')
  room.alarms.arm()
  return accept(client)
}

// A ticket is good for one connection, ever: its id is kept until it would have expired anyway.
function redeem(sql: SqlStorage, ticket: string, expiresAt: number): boolean {
  sql.exec('DELETE FROM tickets WHERE expires_at <= ?', Date.now())
  return sql.exec('INSERT OR IGNORE INTO tickets VALUES (?, ?)', ticket, expiresAt).rowsWritten > 0
}

function accept(client: WebSocket): Response {
  const headers = { 'sec-websocket-protocol': SUBPROTOCOL }
  return new Response(null, { status: 101, webSocket: client, headers })
}

// A browser is shown a close code, but never the status of a refused upgrade.
function refuse(client: WebSocket, server: WebSocket, code: number, reason: string): Response {
  server.accept()
  server.close(code, reason)
  return accept(client)
}
