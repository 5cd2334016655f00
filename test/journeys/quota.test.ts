import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { LedgerPage } from '../../src/group/api.ts'
import type { Member } from '../support/member.ts'
import { startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint } from '../support/model-endpoint.ts'
import { signIn } from '../support/person.ts'
import type { Person } from '../support/person.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

const PEOPLE = 10
const ASKS = 80
const GROUP_TOKENS = 120_000

/** Replies that end before each SIGKILL; what is under way then stays set aside, so they get fewer. */
const ENDED_BEFORE_KILL = [20, 8, 2]

let endpoint: ModelEndpoint
let directory: string
let server: Server

async function start(): Promise<Server> {
  return await startServer({
    persistTo: directory,
    vars: {
      MODEL_BASE_URL: endpoint.url,
      MODEL_NAME: 'ok',
      LIMIT_MEMBER_BURST: '10000',
      LIMIT_REPLIES_PER_MINUTE: '10000',
      QUOTA_GROUP_TOKENS_PER_DAY: String(GROUP_TOKENS),
    },
  })
}

beforeAll(async () => {
  endpoint = await startModelEndpoint()
  directory = mkdtempSync(join(tmpdir(), 'parley-quota-'))
  server = await start()
})

afterAll(async () => {
  await server.stop()
  await endpoint.close()
  rmSync(directory, { recursive: true, force: true })
})

it('holds a quota of tokens through SIGKILLs, and its ledger sums to what was settled', async () => {
  const people: Person[] = []
  for (let at = 0; at < PEOPLE; at += 1) people.push(await signIn(server.url, `P${at}`))
  const [owner] = people
  if (!owner) throw new Error('nobody')
  const group = await owner.createGroup('Quota')
  const invite = await owner.invite(group)
  for (const person of people.slice(1)) await person.join(invite)
  const ledger = async () =>
    await owner.call<LedgerPage>('GET', `/groups/${group}/ledger?limit=100`)

  for (const [kill, ended] of ENDED_BEFORE_KILL.entries()) {
    const seats: Member[] = await Promise.all(people.map((person) => person.connect(group)))
    const asks = Array.from({ length: ASKS }, async (_, at) => {
      await seats[at % PEOPLE]?.say(`@assistant what about ${kill}/${at}?`)
    })
    await Promise.all(asks)
    for (let count = 0; count < ended; count += 1) await seats[0]?.nextEvent('reply.ended')
    expect((await ledger()).today.tokens).toBeLessThanOrEqual(GROUP_TOKENS)
    await server.kill()
    server = await start()
    for (const person of people) person.url = server.url
  }

  const { today, members, entries } = await ledger()
  const settled: (typeof entries)[number][] = [...entries]
  for (let page = await ledger(); page.more;) {
    const before = settled.at(-1)?.reply ?? 0
    page = await owner.call('GET', `/groups/${group}/ledger?before=${before}&limit=100`)
    settled.push(...page.entries)
  }
  const ends = (await owner.readLog(group)).filter(({ kind }) => kind === 'reply.ended')
  expect(new Set(settled.map(({ reply }) => reply))).toEqual(
    new Set(ends.flatMap((end) => (end.kind === 'reply.ended' ? [end.body.reply] : []))),
  )
  const tokens = settled.reduce((sum, one) => sum + one.inputTokens + one.outputTokens, 0)
  expect(today.tokens).toBeLessThanOrEqual(GROUP_TOKENS)
  // What is not settled yet is set aside for replies that a kill cut off, until their lease is over.
  expect(tokens).toBeLessThanOrEqual(today.tokens)
  expect(members.reduce((sum, one) => sum + one.tokens, 0)).toBe(today.tokens)
  expect(settled.length).toBeGreaterThanOrEqual(30)
  expect(settled.length).toBeLessThan(ENDED_BEFORE_KILL.length * ASKS)
})
