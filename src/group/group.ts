import { DurableObject } from 'cloudflare:workers'

import type { Env } from '../env.ts'
import { Archive } from '../history/archive.ts'
import { readPage } from '../history/pages.ts'
import { log } from '../ops/log.ts'
import { CLOSE } from '../protocol/codes.ts'
import type { Refusal } from '../protocol/codes.ts'
import type { GroupEvent, GroupSettings } from '../protocol/events.ts'
import { SERVER_FRAME_BYTES } from '../protocol/limits.ts'
import type { Action } from '../protocol/permissions.ts'
import type {
  GroupApi,
  GroupSummary,
  Identity,
  InviteListing,
  InviteTerms,
  Joined,
  LedgerPage,
  MemberListing,
  MemberPatch,
  Outcome,
  Page,
  PageQuery,
  Receipt,
  SearchHit,
  Standing,
} from './api.ts'
import { enter } from './entrance.ts'
import { ledgerPageOf } from './ledger-page.ts'
import { no, yes } from './outcome.ts'
import { Room } from './room.ts'
import type { Person } from './roster.ts'
import { hasSchema, migrate } from './schema.ts'
import { standingOf } from './standing.ts'

/** Search hits, and how much of a message each shows. */
const HITS = 50
const SNIPPET_CHARS = 200

const NO_GROUP: { readonly ok: false; readonly refusal: Refusal } = no(
  'not_found',
  'there is no such group',
)

/**
 * One group: a room with its connections, its members and its log. This class is the room's door and
 * nothing more; the parts are wired in `Room`. Nothing in memory is needed after a sleep ([P18]).
 */
export class Group extends DurableObject<Env> implements GroupApi {
  #room: Room | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    if (!hasSchema(ctx.storage.sql)) return
    migrate(ctx.storage)
    const room = new Room(ctx, env)
    this.#room = room
    void ctx.blockConcurrencyWhile(async () => room.alarms.recall())
  }

  override async fetch(request: Request): Promise<Response> {
    const room = this.#room
    if (!room) return new Response('no such group', { status: 404 })
    return enter(request, room, this.ctx.storage.sql)
  }

  override async webSocketMessage(socket: WebSocket, raw: string | ArrayBuffer): Promise<void> {
    const room = this.#room
    const connection = room?.connections.of(socket)
    if (!room) return socket.close(CLOSE.noSuchGroup, 'there is no such group')
    // What still comes from a connection that was ended is for nobody.
    if (!connection) return
    try {
      await room.frames.take(connection, raw)
    } catch (fault) {
      const ref = crypto.randomUUID().slice(0, 8)
      log({ event: 'group.failed', group: room.facts.id, at: 'frame', ref }, fault)
      const code = isFull(fault) ? 'storage_full' : 'internal'
      const message = `something went wrong here; reference ${ref}`
      connection.tell({ type: 'refused', id: idIn(raw), code, message })
    }
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#leave(socket)
    // Codes that no endpoint may send stand for a connection that was lost: nothing to answer.
    if (code !== 1005 && code !== 1006 && code !== 1015) {
      try {
        socket.close(code)
      } catch {
        // The runtime had answered already.
      }
    }
  }

  override webSocketError(socket: WebSocket): void {
    this.#leave(socket)
  }

  override async alarm(): Promise<void> {
    await this.#room?.alarms.ring()
  }

  async found(owner: Identity, title: string): Promise<Outcome<GroupSummary>> {
    const id = this.ctx.id.name
    if (this.#room || id === undefined) return no('conflict', 'this group exists already')
    // All or nothing: a deployment whose settings are wrong leaves no half of a group behind.
    const { room, summary } = this.ctx.storage.transactionSync(() => {
      migrate(this.ctx.storage)
      const room = new Room(this.ctx, this.env)
      room.facts.found(id, title)
      return { room, summary: room.membership.summary(room.membership.found(owner)) }
    })
    this.#room = room
    await room.outbox.run()
    return yes(summary)
  }

  async summary(member: string): Promise<Outcome<GroupSummary>> {
    const inside = this.#inside(member, 'read')
    return inside.ok ? yes(inside.room.membership.summary(inside.person)) : inside
  }

  async standing(member: string): Promise<Outcome<Standing>> {
    const inside = this.#inside(member, 'read')
    if (!inside.ok) return inside
    return yes(standingOf(inside.room, inside.person))
  }

  async change(
    by: string,
    patch: { readonly title?: string; readonly settings?: Partial<GroupSettings> },
  ): Promise<Outcome<GroupSummary>> {
    return this.#room?.membership.change(by, patch) ?? NO_GROUP
  }

  async erase(by: string): Promise<Outcome<Receipt>> {
    const inside = this.#inside(by, 'erase')
    if (!inside.ok) return inside
    const { room } = inside
    const { id: group } = room.facts
    const [events, members] = [room.timeline.head, room.roster.active()]
    // From here on the group is gone for everyone, whatever still has to be cleaned up.
    this.#room = undefined
    room.replies.abandon()
    for (const connection of room.connections.all()) {
      connection.dismiss(CLOSE.noSuchGroup, 'the group was erased')
    }
    for (const { id } of members) {
      await this.env.MEMBERS.getByName(id).left(group, Number.MAX_SAFE_INTEGER)
    }
    const segments = await new Archive(this.env.ARCHIVE).erase(group)
    await this.ctx.storage.deleteAll()
    return yes({ group, events, segments, members: members.length, at: Date.now() })
  }

  async roster(member: string): Promise<Outcome<readonly MemberListing[]>> {
    return this.#room?.membership.roster(member) ?? NO_GROUP
  }

  async changeMember(
    by: string,
    target: string,
    patch: MemberPatch,
  ): Promise<Outcome<MemberListing>> {
    const outcome = this.#room?.membership.changeMember(by, target, patch)
    await this.#room?.outbox.run()
    return outcome ?? NO_GROUP
  }

  async transfer(by: string, target: string): Promise<Outcome<MemberListing>> {
    return this.#room?.membership.transfer(by, target) ?? NO_GROUP
  }

  async removeMember(by: string, target: string): Promise<Outcome<null>> {
    const outcome = this.#room?.membership.removeMember(by, target)
    await this.#room?.outbox.run()
    return outcome ?? NO_GROUP
  }

  async invite(by: string, secretHash: string, terms: InviteTerms): Promise<Outcome<null>> {
    return this.#room?.inviting.invite(by, secretHash, terms) ?? NO_GROUP
  }

  async invites(by: string): Promise<Outcome<readonly InviteListing[]>> {
    return this.#room?.inviting.list(by) ?? NO_GROUP
  }

  async revokeInvite(by: string, invite: string): Promise<Outcome<null>> {
    return this.#room?.inviting.revoke(by, invite) ?? NO_GROUP
  }

  async join(person: Identity, secretHash: string): Promise<Outcome<Joined>> {
    const outcome = this.#room?.inviting.join(person, secretHash)
    await this.#room?.outbox.run()
    return outcome ?? NO_GROUP
  }

  async admit(person: Identity): Promise<Outcome<GroupSummary>> {
    return this.#room?.membership.admit(person) ?? NO_GROUP
  }

  async renew(member: string, id: string, sessionEndsAt: number): Promise<Outcome<null>> {
    const inside = this.#inside(member, 'read')
    if (!inside.ok) return inside
    const { connections, alarms } = inside.room
    const connection = connections.ofMember(member).find((open) => open.id === id)
    if (!connection) return no('not_found', 'you have no such connection here')
    connections.renew(connection, sessionEndsAt)
    alarms.arm()
    return yes(null)
  }

  async ledger(by: string, before: number, limit: number): Promise<Outcome<LedgerPage>> {
    const inside = this.#inside(by, 'readLedger')
    return inside.ok ? yes(ledgerPageOf(inside.room, before, limit)) : inside
  }

  async page(member: string, query: PageQuery): Promise<Outcome<Page>> {
    const inside = this.#inside(member, 'read')
    if (!inside.ok) return inside
    const { room } = inside
    const request = { ...query, bytes: SERVER_FRAME_BYTES }
    const { entries, more } = await readPage(room.log, request)
    return yes({ events: entries.map(({ json }): GroupEvent => JSON.parse(json)), more })
  }

  async search(member: string, words: string): Promise<Outcome<readonly SearchHit[]>> {
    const inside = this.#inside(member, 'read')
    if (!inside.ok) return inside
    const { room } = inside
    const wanted = words.split(/\s+/u).filter((word) => word !== '')
    const lines = room.transcript.search(Number.MAX_SAFE_INTEGER, wanted, HITS)
    return yes(lines.map(({ seq, text }) => ({ seq, snippet: text.slice(0, SNIPPET_CHARS) })))
  }

  /** Called by the queue's consumer; see `ArchivedGroup`. */
  async exportSegment(
    first: number,
    last: number,
    version: number,
  ): Promise<{ readonly epoch: string; readonly ndjson: string } | undefined> {
    const ndjson = await this.#room?.segments.exportSegment(first, last, version)
    return this.#room && ndjson !== undefined
      ? { epoch: this.#room.facts.epoch, ndjson }
      : undefined
  }

  /** Called by the queue's consumer; see `ArchivedGroup`. */
  async markArchived(first: number, version: number, key: string): Promise<string | undefined> {
    return this.#room ? this.#room.segments.markArchived(first, version, key) : key
  }

  #inside(
    member: string,
    action: Action,
  ): { readonly ok: true; readonly room: Room; readonly person: Person } | typeof NO_GROUP {
    const room = this.#room
    if (!room) return NO_GROUP
    const allowed = room.membership.allowed(member, action)
    return allowed.ok ? { ok: true, room, person: allowed.value } : allowed
  }

  #leave(socket: WebSocket): void {
    const connection = this.#room?.connections.of(socket)
    if (connection) this.#room?.leave(connection)
  }
}

function isFull(fault: unknown): boolean {
  return fault instanceof Error && /SQLITE_FULL|disk is full|storage limit/i.test(fault.message)
}

function idIn(raw: string | ArrayBuffer): string | null {
  const id =
    typeof raw === 'string' ? /"id":"(?<id>[\w-]{1,64})"/.exec(raw)?.groups?.['id'] : undefined
  return id ?? null
}
