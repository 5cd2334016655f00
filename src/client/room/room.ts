import { batch, computed, signal } from '@preact/signals'

import { newId } from '../link/id.ts'
import { connectGroup } from '../link/link.ts'
import type { GroupLink, LinkState } from '../link/link.ts'
import type { DurableRequest } from '../link/outbox.ts'
import { PageError } from '../link/pages.ts'
import { TicketRefused } from '../link/reason.ts'
import type { LiveFrame, LogEvent, ReceivedWelcome } from '../link/received.ts'
import { fetchMembers, postTicket } from '../shell/api.ts'
import type { Me } from '../shell/api.ts'
import { HttpError } from '../shell/http.ts'
import type { LiveReplies } from '../store/live.ts'
import { withDelta, without, withSnapshot } from '../store/live.ts'
import type { Outgoing } from '../store/outgoing.ts'
import { withMembership, withPresence, withRoster } from '../store/people.ts'
import type { Online, People } from '../store/people.ts'
import * as Timeline from '../store/timeline.ts'
import { mentionsIn } from '../text/mentions.ts'
import { Announcements } from './announcements.ts'
import { Notices } from './notices.ts'
import { OwnMessages } from './own-messages.ts'
import { ReadCursor } from './read-cursor.ts'
import { readingFor } from './reading.ts'
import { TypingSigns } from './typing.ts'

// Rows that stay on the page: 600 scroll smoothly on a slow phone, and what goes can be fetched again.
const MOST_ENTRIES = 600
const TRIM_ABOVE = 700
const OLDER_EVENTS = 50

/** What a welcome says about the group and oneself. */
export type About = Pick<ReceivedWelcome, 'group' | 'you' | 'assistant' | 'limits'>

/** Everything that one group's screen shows, and everything that can be done on it. */
export class Room {
  readonly group: string
  readonly me: Me
  readonly state = signal<LinkState>({ at: 'connecting' })
  readonly about = signal<About | null>(null)
  readonly timeline = signal<Timeline.Timeline>(Timeline.EMPTY)
  readonly live = signal<LiveReplies>(new Map())
  readonly people = signal<People>(new Map())
  readonly online = signal<Online>(new Set())
  readonly onlineCount = signal(0)
  /** How many wait to be let in; only moderators are told. */
  readonly waiting = signal(0)
  /** The line "new" stands after this seq; `null` while everything is read. */
  readonly readUpTo = signal<number | null>(null)
  readonly isAtEnd = signal(true)
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
    readingFor(this.people.value, this.about.value?.group.settings.assistantName ?? ''),
  )

  readonly #link: GroupLink
  readonly #cursor: ReadCursor
  readonly #requests = new Map<string, DurableRequest>()
  #isLoading = false

  constructor(group: string, me: Me) {
    this.group = group
    this.me = me
    this.own = new OwnMessages(group, me.id)
    this.#link = connectGroup({
      origin: location.origin,
      group,
      ticket: () => this.#ticket(),
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
    this.typing.stop()
    this.announcements.stop()
  }

  async #ticket(): Promise<string> {
    try {
      return await postTicket(this.group)
    } catch (cause) {
      throw cause instanceof HttpError ? new TicketRefused(cause.status) : cause
    }
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
    this.online.value = new Set(welcome.online)
    this.onlineCount.value = welcome.online.length
    this.live.value = new Map(welcome.replies.map(({ reply, ...so }) => [reply, so]))
    if (readSeq !== undefined) this.#cursor.startFrom(readSeq)
    if (isFirst && readSeq !== undefined && readSeq < welcome.head) this.readUpTo.value = readSeq
    if (welcome.mode === 'resumed') return
    this.timeline.value = Timeline.startedFrom(welcome.events, welcome.head)
    this.own.logged(welcome.events)
    void this.#loadRoster()
  }

  async #loadRoster(): Promise<void> {
    // Without the roster the log still names whoever came or changed in it.
    const roster = await fetchMembers(this.group).catch(() => [])
    this.people.value = withRoster(this.people.value, roster)
  }

  #take(events: readonly LogEvent[]): void {
    const before = this.timeline.value
    const after = Timeline.withEvents(before, events)
    const mayTrim = this.isAtEnd.value && after.entries.length > TRIM_ABOVE
    this.timeline.value = mayTrim ? Timeline.trimmed(after, MOST_ENTRIES) : after
    this.people.value = withMembership(this.people.value, events)
    this.own.logged(events)
    const ended = events.flatMap((event) => (event.kind === 'reply.ended' ? event.body.reply : []))
    this.live.value = without(this.live.value, ended)
    for (const event of events) this.#notice(event)
    if (after !== before) this.announcements.hear(events, this.me.id)
  }

  #notice(event: LogEvent): void {
    this.typing.spoke(event)
    if (event.kind === 'restored') void this.#fetchAgain(event.body.target)
    const about = this.about.value
    if (event.kind === 'settings' && about !== null) {
      const settings = { ...about.group.settings, ...event.body.changed }
      const title = event.body.changed['title']
      const group = { ...about.group, settings }
      const titled = typeof title === 'string' ? { ...group, title } : group
      this.about.value = { ...about, group: titled }
    }
    if (event.kind === 'member' && event.body.member === this.me.id && about !== null) {
      this.about.value = { ...about, you: { ...about.you, role: event.body.role } }
    }
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
        this.online.value = withPresence(this.online.value, frame)
        this.onlineCount.value = frame.count
        return
      case 'assistant':
        if (this.about.value !== null) this.about.value = { ...this.about.value, assistant: frame }
        return
      case 'waiting':
        this.waiting.value = frame.count
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
    this.notices.add({ code: frame.code, after: this.timeline.value.last, ...restore })
  }
}
