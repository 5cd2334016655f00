import { batch, computed, signal } from '@preact/signals'

import { may } from '../../protocol/permissions.ts'
import { newId } from '../link/id.ts'
import { connectGroup } from '../link/link.ts'
import type { GroupLink, LinkState } from '../link/link.ts'
import type { DurableRequest } from '../link/outbox.ts'
import { PageError } from '../link/pages.ts'
import type { LiveFrame, LogEvent, ReceivedWelcome } from '../link/received.ts'
import { fetchMembers } from '../shell/api.ts'
import type { Me } from '../shell/api.ts'
import type { LiveReplies } from '../store/live.ts'
import { withDelta, without, withSnapshot } from '../store/live.ts'
import type { Outgoing } from '../store/outgoing.ts'
import * as Timeline from '../store/timeline.ts'
import { mentionsIn } from '../text/mentions.ts'
import { isDeparture, withNews } from './about.ts'
import type { About } from './about.ts'
import { Announcements } from './announcements.ts'
import { Company } from './company.ts'
import { Muted } from './muted.ts'
import { Notices } from './notices.ts'
import { OwnMessages } from './own-messages.ts'
import { ReadCursor } from './read-cursor.ts'
import { readingFor } from './reading.ts'
import { Renewal } from './renewal.ts'
import { renewConnection, ticketFor } from './ticket.ts'
import { TypingSigns } from './typing.ts'

// Rows that stay on the page: 600 scroll smoothly on a slow phone, and what goes can be fetched again.
const MOST_ENTRIES = 600
const TRIM_ABOVE = 700
const OLDER_EVENTS = 50

/** Everything that one group's screen shows, and everything that can be done on it. */
export class Room {
  readonly group: string
  readonly me: Me
  readonly state = signal<LinkState>({ at: 'connecting' })
  readonly about = signal<About | null>(null)
  readonly timeline = signal<Timeline.Timeline>(Timeline.EMPTY)
  readonly live = signal<LiveReplies>(new Map())
  /** The line "new" stands after this seq; `null` while everything is read. */
  readonly readUpTo = signal<number | null>(null)
  readonly isAtEnd = signal(true)
  readonly company: Company
  readonly muted = new Muted()
  readonly own: OwnMessages
  readonly notices = new Notices()
  readonly typing = new TypingSigns()
  readonly announcements = new Announcements()

  readonly items = computed(() => this.timeline.value.entries.map(({ item }) => item))
  /** The reply to one's own question that is being written now. */
  readonly asked = computed(() =>
    this.items.value.findLast(
      (item) => item.kind === 'reply' && item.status === 'running' && item.to === this.me.id,
    ),
  )
  readonly reading = computed(() =>
    readingFor(this.company.people.value, this.about.value?.group.settings.assistantName ?? ''),
  )

  readonly #link: GroupLink
  readonly #cursor: ReadCursor
  readonly #renewal = new Renewal(() =>
    renewConnection(this.group, this.about.value?.you.connection),
  )
  readonly #requests = new Map<string, DurableRequest>()
  #isLoading = false
  #welcomedAt = 0

  constructor(group: string, me: Me) {
    this.group = group
    this.me = me
    this.company = new Company(() => fetchMembers(group), this.about)
    this.company.people.subscribe((people) => this.muted.set(people.get(me.id)?.mutedUntil ?? 0))
    this.own = new OwnMessages(group, me.id)
    this.#link = connectGroup({
      origin: location.origin,
      group,
      ticket: () => ticketFor(group),
      unsent: this.own.waiting.value.map(({ frame }) => frame),
      listener: {
        onState: (state) => {
          this.state.value = state
        },
        onWelcome: (welcome) => batch(() => this.#welcome(welcome)),
        onEvents: (events) => batch(() => this.#take(events)),
        onFrame: (frame) => batch(() => this.#hear(frame)),
      },
    })
    this.#cursor = new ReadCursor((seq) => this.#link.hint({ type: 'read', seq }))
  }

  say(text: string, replyTo: number | null): void {
    const mentions = mentionsIn(text, this.reading.value)
    this.#send({
      type: 'say',
      id: newId(),
      text,
      ...(mentions.length > 0 && { mentions }),
      ...(replyTo !== null && { replyTo }),
    })
  }

  /** Sends a refused message once more; a refused id was never used up. */
  sayAgain({ frame }: Outgoing): void {
    this.own.discard(frame.id)
    this.#send(frame)
  }

  edit(target: number, text: string): void {
    this.#request({ type: 'edit', id: newId(), target, text })
  }

  recall(target: number): void {
    this.#request({ type: 'recall', id: newId(), target })
  }

  react(target: number, emoji: string, on: boolean): void {
    this.#request({ type: 'react', id: newId(), target, emoji, on })
  }

  stop(reply: number): void {
    this.#link.hint({ type: 'stop', id: newId(), reply })
  }

  again(reply: number): void {
    this.#link.hint({ type: 'again', id: newId(), reply })
  }

  type(on: boolean): void {
    this.#link.hint({ type: 'typing', on })
  }

  /** The newest entry in sight of someone who is looking. */
  saw(seq: number): void {
    this.#cursor.saw(seq)
  }

  /** Remembers where one looked away, so that the line "new" can stand there. */
  lookAway(): void {
    this.readUpTo.value = this.timeline.value.last
  }

  async loadOlder(): Promise<void> {
    const { oldest } = this.timeline.value
    if (this.#isLoading || oldest <= 1 || this.state.value.at !== 'live') return
    this.#isLoading = true
    try {
      const { events } = await this.#link.fetch({ before: oldest, limit: OLDER_EVENTS })
      this.timeline.value = Timeline.withOlder(this.timeline.value, events)
      this.company.remember(events)
    } catch (cause) {
      // Scrolling on asks again.
      if (!(cause instanceof PageError)) throw cause
    } finally {
      this.#isLoading = false
    }
  }

  retryNow(): void {
    this.#link.retryNow()
  }

  loseNetwork(): void {
    this.#link.drop()
  }

  close(): void {
    this.#link.close()
    this.#cursor.stop()
    this.#renewal.stop()
    this.muted.stop()
    this.typing.stop()
    this.announcements.stop()
  }

  #send(frame: Outgoing['frame']): void {
    this.own.add(frame)
    this.readUpTo.value = null
    this.#link.send(frame)
  }

  #request(request: DurableRequest): void {
    this.#requests.set(request.id, request)
    this.#link.send(request)
  }

  #welcome(welcome: ReceivedWelcome): void {
    const isFirst = this.about.value === null
    const readSeq = welcome.read[this.me.id]
    this.about.value = welcome
    this.#welcomedAt = welcome.head
    this.company.welcome(welcome)
    this.#renewal.startFrom(welcome.you.expiresAt)
    this.live.value = new Map(welcome.replies.map(({ reply, ...so }) => [reply, so]))
    if (readSeq !== undefined) this.#cursor.startFrom(readSeq)
    if (isFirst && readSeq !== undefined && readSeq < welcome.head) this.readUpTo.value = readSeq
    // Who waits is not in the log, so whoever lets people in asks after every absence.
    if (welcome.mode !== 'resumed' || may(welcome.you.role, 'admit')) void this.company.load()
    if (welcome.mode === 'resumed') return
    this.timeline.value = Timeline.startedFrom(welcome.events, welcome.head)
    this.own.logged(welcome.events)
  }

  #take(events: readonly LogEvent[]): void {
    const before = this.timeline.value
    const after = Timeline.withEvents(before, events)
    const mayTrim = this.isAtEnd.value && after.entries.length > TRIM_ABOVE
    this.timeline.value = mayTrim ? Timeline.trimmed(after, MOST_ENTRIES) : after
    this.company.take(events)
    this.own.logged(events)
    const ended = events.flatMap((event) => (event.kind === 'reply.ended' ? event.body.reply : []))
    this.live.value = without(this.live.value, ended)
    const admitted = this.#admits()
    for (const event of events) this.#notice(event)
    // Whom one gets to see here has changed with one's role.
    if (admitted !== this.#admits()) void this.company.load()
    if (after !== before) this.announcements.hear(events, this.me.id)
    const news = events.filter(({ seq }) => seq > this.#welcomedAt)
    if (news.some((event) => isDeparture(event, this.me.id))) this.#depart()
  }

  // The server closes as well, but a browser takes its time to say so.
  #depart(): void {
    this.close()
    this.state.value = { at: 'stopped', reason: 'removed' }
  }

  #admits(): boolean {
    return may(this.about.value?.you.role ?? 'guest', 'admit')
  }

  #notice(event: LogEvent): void {
    this.typing.spoke(event)
    if (event.kind === 'restored') void this.#fetchAgain(event.body.target)
    const about = this.about.value
    if (about !== null) this.about.value = withNews(about, event)
  }

  // Only the server still has the text of what comes back.
  async #fetchAgain(target: number): Promise<void> {
    if (Timeline.itemAt(this.timeline.value, target) === undefined) return
    const page = await this.#link.fetch({ after: target - 1, limit: 1 }).catch(() => null)
    for (const event of page?.events ?? []) {
      this.timeline.value = Timeline.withFresh(this.timeline.value, event)
    }
  }

  #hear(frame: LiveFrame): void {
    switch (frame.type) {
      case 'ack':
        this.#requests.delete(frame.id)
        this.own.acknowledged(frame, this.timeline.value.last)
        return
      case 'refused':
        return this.#refused(frame)
      case 'delta':
        this.live.value = withDelta(this.live.value, frame)
        return
      case 'snapshot':
        this.live.value = withSnapshot(this.live.value, frame)
        return
      case 'typing':
        if (frame.from !== this.me.id) this.typing.hear(frame.from, frame.forMs)
        return
      case 'presence':
      case 'waiting':
        return this.company.hear(frame)
      case 'assistant':
        if (this.about.value !== null) this.about.value = { ...this.about.value, assistant: frame }
        return
      case 'notice':
        this.notices.add({ text: frame.text, after: this.timeline.value.last })
        return
      case 'read':
    }
  }

  #refused(frame: Extract<LiveFrame, { readonly type: 'refused' }>): void {
    if (this.own.refused(frame)) return
    const request = frame.id === null ? undefined : this.#requests.get(frame.id)
    if (frame.id !== null) this.#requests.delete(frame.id)
    const restore = request?.type === 'edit' ? { restore: request } : {}
    this.notices.add({ refusal: frame, after: this.timeline.value.last, ...restore })
  }
}
