import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'
import { gather } from './audience.ts'
import type { Table } from './audience.ts'
import { markedText } from './scanner.ts'
import { Tally } from './tally.ts'

// npm run stress -- --members 1000 --rate 20 --seconds 20 [--groups 1] [--size 64] [--url http://…]
// `rate` is messages a second in all groups together.

interface Plan {
  readonly members: number
  readonly groups: number
  readonly rate: number
  readonly seconds: number
  readonly size: number
}

// What came in this long after the last message was sent has kept pace.
const PACE_MS = 1_000
const IDLE_MS = 5_000
const PING_MS = 25_000
const TICK_MS = 4
// Linux counts processor time in hundredths of a second.
const MICROS_PER_TICK = 10_000

async function main(): Promise<void> {
  const number = (fallback: number) => ({ type: 'string', default: String(fallback) }) as const
  const { values } = parseArgs({
    options: {
      members: number(1_000),
      rate: number(20),
      seconds: number(20),
      groups: number(1),
      size: number(64),
      url: { type: 'string' },
    },
  })
  const plan: Plan = {
    members: Number(values.members),
    rate: Number(values.rate),
    seconds: Number(values.seconds),
    groups: Number(values.groups),
    size: Number(values.size),
  }
  const server = values.url === undefined ? await startRoomy(plan) : undefined
  try {
    process.exitCode = await run(plan, server?.url ?? String(values.url), server)
  } finally {
    await server?.stop()
  }
  // Connections that are still open have done their work.
  process.exit()
}

/** A server whose limits are out of the way; one behind `--url` has to raise them itself. */
async function startRoomy(plan: Plan): Promise<Server> {
  return await startServer({
    vars: {
      LIMIT_MEMBER_BURST: '1000000',
      LIMIT_MEMBER_PER_SECOND: '1000000',
      LIMIT_GROUP_PER_SECOND: '1000000',
      LIMIT_CONNECTIONS_PER_GROUP: String(plan.members + 10),
      LIMIT_ADDRESS_PER_MINUTE: '60000',
    },
  })
}

async function run(plan: Plan, url: string, server: Server | undefined): Promise<number> {
  const messages = plan.rate * plan.seconds
  const tally = new Tally(messages)
  const before = performance.now()
  const tables = await gather({ url, members: plan.members, groups: plan.groups }, tally)
  console.log(`${plan.members} members joined in ${seconds(performance.now() - before)} s`)
  const pings = setInterval(() => {
    for (const { listeners } of tables) for (const { socket } of listeners) socket.send('ping')
  }, PING_MS)

  const serverBefore = cpuMicros(server)
  const ownBefore = process.cpuUsage()
  const startedAt = performance.now()
  await speak(plan, tables, tally)
  const spokenAt = performance.now()
  await settle(tally, expectedOf(tables, plan))
  const elapsedMs = Math.max(tally.lastDeliveryAt, spokenAt) - startedAt
  clearInterval(pings)

  const own = process.cpuUsage(ownBefore)
  const serverMicros = cpuMicros(server) - serverBefore
  const expected = tables.reduce((sum, table) => sum + table.acked * table.listeners.length, 0)
  const acked = tables.reduce((sum, table) => sum + table.acked, 0)
  const lost = tables.reduce((sum, table) => sum + missing(table), 0)
  const behindMs = Math.max(0, tally.lastDeliveryAt - spokenAt)
  const onTime = spokenAt - startedAt < plan.seconds * 1000 + PACE_MS
  console.table({
    sent: messages,
    acked,
    refused: tables.reduce((sum, table) => sum + table.refused, 0),
    delivered: tally.delivered,
    expected,
    lost,
    'connections closed': tables
      .flatMap((table) => table.listeners)
      .filter(({ socket }) => !socket.isOpen).length,
    'P50 ms': tally.percentileMs(0.5),
    'P95 ms': tally.percentileMs(0.95),
    'P99 ms': tally.percentileMs(0.99),
    'deliveries/s': Math.round(tally.delivered / (elapsedMs / 1000)),
    'server µs/delivery': Number.isNaN(serverMicros)
      ? 'unknown'
      : (serverMicros / tally.delivered).toFixed(1),
    'generator busy': `${Math.round((own.user + own.system) / elapsedMs / 10)} %`,
    'kept pace': onTime && behindMs < PACE_MS ? 'yes' : `no, ${seconds(behindMs)} s behind`,
  })
  return lost === 0 && acked === messages ? 0 : 1
}

/** Speaks at the rate, evenly: each message goes to the next group and, there, the next speaker. */
async function speak(plan: Plan, tables: readonly Table[], tally: Tally): Promise<void> {
  const messages = plan.rate * plan.seconds
  const startedAt = performance.now()
  for (let number = 0; number < messages;) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * plan.rate) + 1
    for (; number < Math.min(due, messages); number += 1) {
      const table = tables[number % tables.length]
      const turn = Math.floor(number / tables.length)
      const speaker = table?.speakers[turn % table.speakers.length]
      tally.sent(number)
      speaker?.send(`{"type":"say","id":"s-${number}","text":"${markedText(number, plan.size)}"}`)
    }
    await pause(TICK_MS)
  }
}

/** Resolves when everything arrived, or when nothing arrives any more. */
async function settle(tally: Tally, expected: number): Promise<void> {
  const startedAt = performance.now()
  while (tally.delivered < expected) {
    if (performance.now() - Math.max(startedAt, tally.lastDeliveryAt) > IDLE_MS) return
    await pause(TICK_MS)
  }
}

function expectedOf(tables: readonly Table[], plan: Plan): number {
  const messages = plan.rate * plan.seconds
  return tables.reduce((sum, { listeners }, at) => {
    const here = Math.ceil((messages - at) / tables.length)
    return sum + here * listeners.length
  }, 0)
}

/** Deliveries that a group owes, and receivers whose messages are not those of the others. */
function missing(table: Table): number {
  const sums = new Set(table.listeners.map(({ sum }) => sum))
  const owed = table.listeners.reduce((sum, { count }) => sum + Math.abs(table.acked - count), 0)
  return owed > 0 ? owed : sums.size - 1
}

function cpuMicros(server: Server | undefined): number {
  const path = `/proc/${server?.workerd}/stat`
  if (!server || !existsSync(path)) return Number.NaN
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}

await main()
