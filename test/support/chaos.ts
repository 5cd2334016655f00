import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { checkLog } from './check-log.ts'
import type { Verdict } from './check-log.ts'
import { signIn } from './person.ts'
import { createRandom } from './random.ts'
import { startServer } from './server.ts'
import type { Server } from './server.ts'
import { Writer } from './writer.ts'

export interface ChaosOptions {
  readonly kills: number
  /** How long there is writing, in all. */
  readonly seconds: number
  readonly writers: number
  /** Decides when the server is killed. */
  readonly seed: number
  readonly onKill?: (kill: number, acked: number) => void
}

export interface ChaosResult extends Verdict {
  /** Acks that said `duplicate`: retries of what was durable but whose ack died with the server. */
  readonly duplicates: number
  /** Welcomes that broke off the log of a client that had the right epoch. */
  readonly resets: number
  /** Clients whose own copy of the log, kept by P10, is not the log. */
  readonly diverged: number
  readonly slowestRestartMs: number
}

const VARS = {
  LIMIT_MEMBER_BURST: '100000',
  LIMIT_MEMBER_PER_SECOND: '100000',
  LIMIT_GROUP_PER_SECOND: '100000',
  LIMIT_ADDRESS_PER_MINUTE: '60000',
}

/** Members write without a pause while the server is killed again and again; then the log is checked. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const persistTo = mkdtempSync(join(tmpdir(), 'parley-chaos-'))
  const random = createRandom(options.seed)
  const start = async (): Promise<Server> => await startServer({ persistTo, vars: VARS })
  let server = await start()
  try {
    const { group, writers } = await gather(server, options.writers)
    const writing = Promise.all(writers.map(async (writer) => await writer.run()))
    let slowestRestartMs = 0

    const share = (options.seconds * 1000) / (options.kills + 1)
    for (let kill = 1; kill <= options.kills; kill += 1) {
      // The moment is random on purpose: a wait for a frame would always kill behind the same line.
      await Promise.race([pause(share * (0.5 + random())), writing])
      await server.kill()
      options.onKill?.(
        kill,
        writers.reduce((sum, writer) => sum + writer.acked.length, 0),
      )
      const before = Date.now()
      server = await start()
      slowestRestartMs = Math.max(slowestRestartMs, Date.now() - before)
      for (const writer of writers) writer.moveTo(server.url)
    }
    await Promise.race([pause(share), writing])
    for (const writer of writers) writer.finish()
    await writing

    const [reader] = writers
    if (!reader) throw new Error('chaos needs at least one writer')
    const log = await reader.readLog(group)
    for (const writer of writers) await writer.catchUp(log.length)
    const verdict = checkLog({
      acked: writers.flatMap((writer) => writer.acked),
      seen: writers.map((writer) => writer.seen),
      log,
    })
    return {
      ...verdict,
      duplicates: sum(writers, (writer) => writer.duplicates),
      resets: sum(writers, (writer) => writer.resets),
      diverged: writers.filter((writer) => writer.head !== log.at(-1)?.seq).length,
      slowestRestartMs,
    }
  } finally {
    await server.kill()
    rmSync(persistTo, { recursive: true, force: true })
  }
}

async function gather(
  server: Server,
  count: number,
): Promise<{ group: string; writers: readonly Writer[] }> {
  const owner = await signIn(server.url, 'Writer 1')
  const group = await owner.createGroup('Chaos')
  const writers = [new Writer(owner, group)]
  for (let number = 2; number <= count; number += 1) {
    const person = await signIn(server.url, `Writer ${number}`)
    await person.join(await owner.invite(group))
    writers.push(new Writer(person, group))
  }
  return { group, writers }
}

function sum(writers: readonly Writer[], count: (writer: Writer) => number): number {
  return writers.reduce((total, writer) => total + count(writer), 0)
}
