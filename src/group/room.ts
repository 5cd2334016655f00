import type { Env } from '../env.ts'
import { Archive } from '../history/archive.ts'
import type { Completion } from '../model/ask.ts'
import type { Condition, Voice } from '../model/condition.ts'
import { createModel, parseModelSettings } from '../model/model.ts'
import { Counters, later, OPERATIONS_NAME } from '../ops/metrics.ts'
import { wordList } from '../pipeline/words.ts'
import type { Limits } from '../protocol/limits.ts'
import { Alarms } from './alarms.ts'
import type { QuotaLimits } from './api.ts'
import { Breakers } from './breakers.ts'
import { Clearance } from './clearance.ts'
import { archivePolicyFrom, limitsFrom, quotasFrom } from './config.ts'
import { Connections } from './connections.ts'
import type { Connection } from './connections.ts'
import { Conversation } from './conversation.ts'
import { deliver, purseOf, reportHealth } from './elsewhere.ts'
import { Erasure } from './erasure.ts'
import { Facts } from './facts.ts'
import { Fanout } from './fanout.ts'
import { Frames } from './frames.ts'
import { Invites } from './invites.ts'
import { Inviting } from './inviting.ts'
import { Ledger } from './ledger.ts'
import { LogWalk } from './log-walk.ts'
import { MemberEvents } from './member-events.ts'
import { Membership } from './membership.ts'
import { Outbox } from './outbox.ts'
import { memoryMs, Pace } from './pace.ts'
import { Presence } from './presence.ts'
import { Quotas } from './quotas.ts'
import { Rates } from './rates.ts'
import { Replies } from './replies.ts'
import { ReplyBook } from './reply-book.ts'
import { Requests } from './requests.ts'
import { Roster } from './roster.ts'
import { Segments } from './segments.ts'
import { Sessions } from './sessions.ts'
import { SlowMode } from './slow-mode.ts'
import { encodeEvent } from './stored-event.ts'
import type { StoredEvent } from './stored-event.ts'
import { Timeline } from './timeline.ts'
import { LogTranscript } from './transcript.ts'

/** A founded group with all its parts, wired together once per life of the object. */
export class Room {
  readonly facts: Facts
  readonly timeline: Timeline
  readonly roster: Roster
  readonly connections: Connections
  readonly fanout: Fanout
  readonly presence: Presence
  readonly log: LogWalk
  readonly segments: Segments
  readonly outbox: Outbox
  readonly replies: Replies
  readonly transcript: LogTranscript
  readonly membership: Membership
  readonly inviting: Inviting
  readonly frames: Frames
  readonly alarms: Alarms
  readonly clearance: Clearance
  readonly counters: Counters
  readonly limits: Limits
  readonly ledger: Ledger
  readonly quotaLimits: QuotaLimits
  readonly #voice: Voice
  /** How everyone was told that the assistant is. */
  #told: Condition

  constructor(ctx: DurableObjectState, env: Env) {
    const { storage } = ctx
    const { sql } = storage
    const settings = parseModelSettings(env)
    this.limits = limitsFrom(env)
    this.facts = new Facts(sql)
    this.timeline = new Timeline(storage)
    this.roster = new Roster(sql)
    this.connections = new Connections(ctx)
    this.fanout = new Fanout(this.connections)
    this.presence = new Presence(this.connections, this.fanout)
    this.counters = new Counters(
      async (counts) => env.OPERATIONS.getByName(OPERATIONS_NAME).take(counts),
      later,
    )
    this.outbox = new Outbox(sql, async (errand) => deliver(env, this.facts.id, errand))
    const archive = new Archive(env.ARCHIVE)
    this.log = new LogWalk(sql, this.timeline, this.facts, archive)
    this.segments = new Segments(sql, {
      timeline: this.timeline,
      facts: this.facts,
      log: this.log,
      policy: archivePolicyFrom(env),
      send: async (job) => {
        await env.JOBS.send(job)
      },
    })
    this.clearance = new Clearance({
      facts: this.facts,
      timeline: this.timeline,
      roster: this.roster,
      outbox: this.outbox,
      archive,
      segments: () => this.segments.archived(),
      deleteAll: async () => storage.deleteAll(),
    })
    const erasure = new Erasure(sql, this.timeline, this.segments)
    this.transcript = new LogTranscript(
      this.timeline,
      this.roster,
      () => this.facts.settings.assistantName,
    )
    this.#voice = createModel(settings, {
      store: new Breakers(sql),
      report: (endpoint, outcome) => ctx.waitUntil(reportHealth(env, endpoint, outcome)),
      onCondition: (condition) => this.#tell(condition),
    })
    this.#told = this.#voice.condition
    const words = wordList(env.BLOCKED_WORDS)
    const show = (event: StoredEvent): void => this.show(event)
    const arm = (): void => this.alarms.arm()
    const book = new ReplyBook(sql)
    this.ledger = new Ledger(sql)
    this.quotaLimits = quotasFrom(env)
    const quotas = new Quotas({
      limits: this.quotaLimits,
      ledger: this.ledger,
      book,
      group: () => this.facts.id,
      purse: purseOf(env),
    })
    this.replies = new Replies({
      group: () => this.facts.id,
      book,
      timeline: this.timeline,
      erasure,
      model: this.#voice,
      quotas,
      ledger: this.ledger,
      outbox: this.outbox,
      words,
      listeners: () => this.connections.count,
      isHere: (member) => this.connections.ofMember(member).length > 0,
      show,
      publish: (encoded) => this.fanout.publish(encoded),
      ask: (question) => conversation.askFor(question),
      onShortage: (question, shortage) => conversation.decline(question, shortage),
      onCompletion: (completion) => this.#count(completion),
      count: (name) => this.counters.count(name),
      arm,
    })
    const pace = { burst: this.limits.memberBurst, perSecond: this.limits.memberPerSecond }
    const logged = this.timeline.pacesSince(Date.now() - memoryMs(pace))
    const paces = new Pace(pace, logged, this.connections.paces())
    const shared = {
      facts: this.facts,
      timeline: this.timeline,
      roster: this.roster,
      connections: this.connections,
      rates: new Rates(paces, this.limits.groupPerSecond, new SlowMode(this.timeline)),
      replies: this.replies,
      book,
      quotas,
      ledger: this.ledger,
      erasure,
      limits: this.limits,
      counters: this.counters,
      show,
    }
    const conversation = new Conversation({
      ...shared,
      transcript: this.transcript,
      words,
      judge: undefined,
    })
    const requests = new Requests({
      ...shared,
      conversation,
    })
    const sessions = new Sessions(this.connections, (connection) => this.leave(connection))
    this.frames = new Frames({
      ...shared,
      presence: this.presence,
      sessions,
      log: this.log,
      requests,
    })
    const invites = new Invites(sql)
    const events = new MemberEvents({
      ...shared,
      outbox: this.outbox,
      invites,
      flush: () => this.fanout.flush(),
    })
    this.membership = new Membership({ ...shared, events })
    this.inviting = new Inviting({
      ...shared,
      invites,
      membership: this.membership,
      events,
      atomically: (run) => storage.transactionSync(run),
    })
    this.alarms = new Alarms(storage, () => this.facts.id, [
      this.replies,
      this.outbox,
      this.segments,
      sessions,
    ])
  }

  get condition(): Condition {
    return this.#voice.condition
  }

  /** Shows an event that has become durable to everyone, and arms the alarm for what it made due. */
  show(event: StoredEvent): void {
    this.fanout.publish(encodeEvent(event))
    this.alarms.arm()
  }

  /** Puts a connection of a member under a newer session; false where they have no such connection. */
  renew(member: string, id: string, sessionEndsAt: number): boolean {
    const connection = this.connections.ofMember(member).find((open) => open.id === id)
    if (!connection) return false
    this.connections.renew(connection, sessionEndsAt)
    this.alarms.arm()
    return true
  }

  /** Forgets a connection that is over, but not how far its member had read. */
  leave(connection: Connection): void {
    const { connections, presence, roster } = this
    connections.drop(connection)
    this.replies.onCompany()
    const person = roster.known(connection.member)
    if (person && connection.readSeq > person.readSeq) {
      roster.change(person, { readSeq: connection.readSeq })
    }
    if (connections.ofMember(connection.member).length === 0) presence.went(connection.member)
  }

  #count({ source }: Completion): void {
    this.counters.count(source === 'model' ? 'replies_model' : 'replies_local')
  }

  #tell(condition: Condition): void {
    const { state, reason, retryAt } = this.#told
    const isNews =
      condition.state !== state || condition.reason !== reason || condition.retryAt !== retryAt
    if (!isNews) return
    this.#told = condition
    this.fanout.publish(JSON.stringify({ type: 'assistant', ...condition }))
  }
}
