import { signIn } from '../support/person.ts'
import type { Person } from '../support/person.ts'
import { RawSocket } from '../support/raw-socket.ts'
import { Scanner } from './scanner.ts'
import type { Receiver, Tally } from './tally.ts'

export interface Listener extends Receiver {
  readonly socket: RawSocket
}

/** One group of a run: everybody listens, the first few also speak. */
export interface Table {
  readonly group: string
  readonly listeners: readonly Listener[]
  readonly speakers: readonly RawSocket[]
  acked: number
  refused: number
}

export interface AudienceOptions {
  readonly url: string
  readonly members: number
  readonly groups: number
}

const SPEAKERS = 10
// Enough to keep the server busy, few enough to keep every request short.
const AT_ONCE = 24

/** Signs everybody in, seats them in groups of about the same size and opens their connections. */
export async function gather(options: AudienceOptions, tally: Tally): Promise<readonly Table[]> {
  const { url, groups } = options
  const seats: { group: string; invite: string; people: Person[] }[] = []
  for (let table = 0; table < groups; table += 1) {
    const owner = await signIn(url, `Owner ${table}`)
    const group = await owner.createGroup(`Stress ${table}`)
    const uses = Math.ceil(options.members / groups)
    seats.push({ group, invite: await owner.invite(group, { uses }), people: [owner] })
  }
  const others = Math.max(0, options.members - groups)
  await forEach(range(others), async (number) => {
    const seat = seats[number % groups]
    if (!seat) return
    const person = await signIn(url, `Member ${number}`)
    await person.join(seat.invite)
    seat.people.push(person)
  })
  // Connections come last: nobody needs to hear a thousand others join.
  return await Promise.all(
    seats.map(async ({ group, people }) => await open(url, group, people, tally)),
  )
}

async function open(
  url: string,
  group: string,
  people: readonly Person[],
  tally: Tally,
): Promise<Table> {
  const listeners: Listener[] = []
  const table = { group, listeners, speakers: [] as RawSocket[], acked: 0, refused: 0 }
  await forEach(people, async (person) => {
    const receiver: Receiver = { count: 0, sum: 0 }
    const scanner = new Scanner((number) => tally.received(receiver, number), {
      sync: (text) => socket.send(`{"type":"synced","n":${/"n":(\d+)/.exec(text)?.[1]}}`),
      ack: () => (table.acked += 1),
      refused: () => (table.refused += 1),
    })
    const address = new URL(`${url}/api/groups/${group}/socket`)
    const ticket = await person.ticket(group)
    const socket = await RawSocket.open(address, ['parley.v1', `ticket.${ticket}`], (bytes) =>
      scanner.take(bytes),
    )
    listeners.push(Object.assign(receiver, { socket }))
    if (table.speakers.length < SPEAKERS) table.speakers.push(socket)
  })
  return table
}

async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  await Promise.all(
    range(AT_ONCE).map(async () => {
      for (const item of rest) await act(item)
    }),
  )
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at)
}
