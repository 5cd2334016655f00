import type { GroupEvent, Role } from '../../src/protocol/events.ts'
import { Member } from './member.ts'
import type { ConnectOptions } from './member.ts'

export interface PageOfEvents {
  readonly events: readonly GroupEvent[]
  readonly more: boolean
}

/** Signs someone in as a guest. */
export async function signIn(url: string, name: string): Promise<Person> {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  if (answer.status !== 201) throw new Error(`POST /api/session: ${await describe(answer)}`)
  const session: { token: string; member: { id: string } } = JSON.parse(await answer.text())
  return new Person(url, session.token, session.member.id, name)
}

/**
 * Someone who is signed in, and what they do over HTTP.
 *
 * @example
 * const ada = await signIn(server.url, 'Ada')
 * const group = await ada.createGroup('Lobby')
 * const ben = await signIn(server.url, 'Ben')
 * await ben.join(await ada.invite(group))
 * const benInLobby = await ben.connect(group)
 */
export class Person {
  /** Where the server is; it may be moved after a restart. */
  url: string
  readonly token: string
  readonly id: string
  readonly name: string

  constructor(url: string, token: string, id: string, name: string) {
    this.url = url
    this.token = token
    this.id = id
    this.name = name
  }

  /** A call below `/api`, with this person's token; whatever comes back. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${this.token}`)
    if (typeof init.body === 'string') headers.set('content-type', 'application/json')
    return await fetch(`${this.url}/api${path}`, { ...init, headers })
  }

  /** The same, where anything but success is a failed test. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.fetch(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} /api${path}: ${await describe(answer)}`)
    const value: T = JSON.parse(await answer.text())
    return value
  }

  /** Founds a group and answers its id. */
  async createGroup(title: string): Promise<string> {
    const { group } = await this.call<{ group: { id: string } }>('POST', '/groups', { title })
    return group.id
  }

  /** The code of a fresh invite. */
  async invite(group: string, terms: { role?: Role; uses?: number } = {}): Promise<string> {
    const path = `/groups/${group}/invites`
    return (await this.call<{ invite: string }>('POST', path, terms)).invite
  }

  /** Joins the group behind an invite and answers its id. */
  async join(invite: string): Promise<string> {
    const path = '/invites/accept'
    const { group } = await this.call<{ group: { id: string } }>('POST', path, { invite })
    return group.id
  }

  async ticket(group: string): Promise<string> {
    return (await this.call<{ ticket: string }>('POST', `/groups/${group}/ticket`)).ticket
  }

  /** Opens a connection and waits for its `welcome`. */
  async connect(group: string, options: ConnectOptions = {}): Promise<Member> {
    return await Member.open(this.url, group, await this.ticket(group), options)
  }

  async page(
    group: string,
    query: { after?: number; before?: number; limit?: number } = {},
  ): Promise<PageOfEvents> {
    const entries = Object.entries(query).map(([name, value]): [string, string] => [
      name,
      `${value}`,
    ])
    return await this.call('GET', `/groups/${group}/events?${new URLSearchParams(entries)}`)
  }

  /** The whole log, page by page. */
  async readLog(group: string): Promise<readonly GroupEvent[]> {
    const log: GroupEvent[] = []
    for (;;) {
      const { events, more } = await this.page(group, { after: log.at(-1)?.seq ?? 0, limit: 100 })
      log.push(...events)
      if (!more) return log
      if (events.length === 0) throw new Error('an empty page promised more')
    }
  }
}

async function describe(answer: Response): Promise<string> {
  return `${answer.status} ${await answer.text()}`
}
