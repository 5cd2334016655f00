import { computed, signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'

import type { LiveFrame, LogEvent, ReceivedWelcome } from '../link/received.ts'
import { namesakesIn } from '../store/namesakes.ts'
import { withMembership, withNames, withPresence, withRoster } from '../store/people.ts'
import type { Online, People, Person, PersonState } from '../store/people.ts'
import type { About } from './about.ts'

/** Who belongs to a group, who of them is here, and who stands before its door. */
export class Company {
  readonly people = signal<People>(new Map())
  readonly online = signal<Online>(new Set())
  readonly onlineCount = signal(0)
  /** How many wait to be let in; only moderators are told. */
  readonly waiting = signal(0)
  readonly members = computed(() => this.#inState('active'))
  /** Those who wait and those who are banned are listed for moderators only. */
  readonly applicants = computed(() => this.#inState('waiting'))
  readonly banned = computed(() => this.#inState('banned'))

  /** Whose name looks like another's or the assistant's, so that it takes more to tell who they are. */
  readonly namesakes = computed(() => {
    const { assistantName = '' } = this.#about.value?.group.settings ?? {}
    return namesakesIn(this.people.value, ['assistant', '助手', assistantName])
  })

  readonly #about: ReadonlySignal<About | null>
  readonly #fetch: () => Promise<readonly Person[]>
  #isLoading = false
  #isOutdated = false
  #head = 0
  // What the log says while a list is on its way; it may be newer than the list.
  #meanwhile: LogEvent[] = []

  constructor(fetch: () => Promise<readonly Person[]>, about: ReadonlySignal<About | null>) {
    this.#fetch = fetch
    this.#about = about
  }

  /** Asks for the list anew; asked again while one is on its way, it fetches one more. */
  async load(): Promise<void> {
    this.#isOutdated = true
    if (this.#isLoading) return
    this.#isLoading = true
    while (this.#isOutdated) {
      this.#isOutdated = false
      this.#meanwhile = []
      const roster = await this.#fetch().catch(() => null)
      // Without a list the log still names whoever came or changed in it.
      if (roster === null) continue
      this.people.value = withMembership(withRoster(this.people.value, roster), this.#meanwhile)
      this.waiting.value = this.applicants.value.length
    }
    this.#isLoading = false
  }

  take(events: readonly LogEvent[]): void {
    // The events of a welcome are older than any list that was asked for after it.
    const news = events.filter(({ seq }) => seq > this.#head)
    this.#head = news.at(-1)?.seq ?? this.#head
    if (this.#isLoading) this.#meanwhile.push(...news)
    this.people.value = withMembership(this.people.value, events)
  }

  /** Takes entries from before everything that is known. */
  remember(events: readonly LogEvent[]): void {
    this.people.value = withNames(this.people.value, events)
  }

  welcome({ head, online, you, waiting = 0 }: ReceivedWelcome): void {
    this.#head = head
    const { id, name, role, mutedUntil = 0 } = you
    const me: Person = { id, name, role, state: 'active', mutedUntil }
    this.people.value = new Map(this.people.value).set(id, me)
    this.online.value = new Set(online)
    this.onlineCount.value = online.length
    this.waiting.value = waiting
  }

  hear(frame: Extract<LiveFrame, { readonly type: 'presence' | 'waiting' }>): void {
    if (frame.type === 'waiting') {
      this.waiting.value = frame.count
      void this.load()
      return
    }
    this.online.value = withPresence(this.online.value, frame)
    this.onlineCount.value = frame.count
  }

  #inState(state: PersonState): readonly Person[] {
    return [...this.people.value.values()].filter((person) => person.state === state)
  }
}
