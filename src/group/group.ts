import { DurableObject } from 'cloudflare:workers'

import type { Env } from '../env.ts'
import { log } from '../ops/log.ts'
import { CLOSE } from '../protocol/codes.ts'
import type { Refusal } from '../protocol/codes.ts'
import type { GroupSettings } from '../protocol/events.ts'
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
import { pageOf, searchIn } from './reads.ts'
import { Room } from './room.ts'
import type { Person } from './roster.ts'
import { hasSchema, migrate } from './schema.ts'
import { standingOf } from './standing.ts'

/** When an erased group is tried again of which something could not be cleared away, in milliseconds. */
const CLEAR_AGAIN_MS = 60_000

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
  // What is left of a group that was erased, until all of it is cleared away.
  #erased: Room | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    if (!hasSchema(ctx.storage.sql)) return
    migrate(ctx.storage)
    const room = new Room(ctx, env)
    if (room.facts.erasedAt === undefined) this.#room = room
    else this.#erased = room
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
    if (this.#erased) await this.#clearAway(this.#erased)
    else await this.#room?.alarms.ring()
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
    // From here on the group is gone for everyone, whatever still has to be cleared away.
    const receipt = this.ctx.storage.transactionSync(() => room.clearance.begin())
    // In the same turn: it may die before anything is cleared away, and nobody will come to ask.
    void this.ctx.storage.setAlarm(Date.now() + CLEAR_AGAIN_MS)
    this.#room = undefined
    this.#erased = room
    room.replies.abandon()
    for (const connection of room.connections.all()) {
      connection.dismiss(CLOSE.noSuchGroup, 'the group was erased')
    }
    await this.#clearAway(room)
    return yes(receipt)
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
    return inside.room.renew(member, id, sessionEndsAt)
      ? yes(null)
      : no('not_found', 'you have no such connection here')
  }

  async ledger(by: string, before: number, limit: number): Promise<Outcome<LedgerPage>> {
    const inside = this.#inside(by, 'readLedger')
    return inside.ok ? yes(ledgerPageOf(inside.room, before, limit)) : inside
  }

  async page(member: string, query: PageQuery): Promise<Outcome<Page>> {
    const inside = this.#inside(member, 'read')
    return inside.ok ? yes(await pageOf(inside.room, query)) : inside
  }

  async search(member: string, words: string): Promise<Outcome<readonly SearchHit[]>> {
    const inside = this.#inside(member, 'read')
    return inside.ok ? yes(searchIn(inside.room, words)) : inside
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

  // Its end is never in doubt: what fails is tried again by the alarm until nothing is left.
  async #clearAway(room: Room): Promise<void> {
    try {
      if (await room.clearance.run(Date.now())) {
        this.#erased = undefined
        return
      }
    } catch (fault) {
      log({ event: 'alarm.failed', group: room.facts.id, reason: 'erase' }, fault)
    }
    await this.ctx.storage.setAlarm(Date.now() + CLEAR_AGAIN_MS)
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
    typeof raw === 'string'
      ? /"id"\s*:\s*"(?<id>[\w-]{1,64})"/.exec(raw)?.groups?.['id']
      : undefined
  return id ?? null
}
