import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'

import { checkVariables } from '../../src/group/config.ts'
import { modelHealth } from '../../src/model/health.ts'
import { foundGroup, unique } from '../support/room.ts'
import type { Seat, Table } from '../support/room.ts'

type Behavior = (signal: AbortSignal | null | undefined) => Promise<Response>

const refuses =
  (status: number): Behavior =>
  async () =>
    new Response('canary of sk-123', { status, headers: { 'retry-after': '60' } })

const stalls: Behavior = (signal) =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')))
  })

const answers: Behavior = async () => {
  const message = { role: 'assistant', content: 'Drip drop.' }
  return Response.json({ choices: [{ message, finish_reason: 'stop' }] })
}

/** Hosts that no other test uses: what a process knows of an endpoint stays known. */
let hosts: readonly [string, string]
let behaviors: Map<string, Behavior>
let asked: string[]

beforeEach(() => {
  hosts = [`${unique('one')}.test`.toLowerCase(), `${unique('two')}.test`.toLowerCase()]
  behaviors = new Map()
  asked = []
  const [first, second] = hosts.map((host) => ({ baseUrl: `https://${host}/v1`, model: host }))
  Object.assign(env, { MODELS: JSON.stringify([first, second]), MODEL_FIRST_TOKEN_MS: '500' })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { host } = new URL(input instanceof Request ? input.url : input)
    asked.push(host)
    return (behaviors.get(host) ?? answers)(init?.signal)
  })
})

afterEach(() => {
  Object.assign(env, { MODELS: '', MODEL_FIRST_TOKEN_MS: '' })
  vi.restoreAllMocks()
})

async function ask(ada: Seat) {
  const ack = await ada.say('@assistant what is love?')
  const trigger = ack.type === 'ack' ? ack.seq : 0
  const isOurs = ({ kind, seq }: { kind: string; seq: number }) =>
    kind === 'reply.ended' && seq > (trigger ?? 0)
  return ada.event(isOurs)
}

function conditionsOf(ada: Seat): readonly object[] {
  return ada.frames.flatMap((frame) => (frame.type === 'assistant' ? [frame] : []))
}

async function rowsOf(table: Table) {
  return runInDurableObject(table.group, (_, { storage }) =>
    storage.sql.exec('SELECT endpoint, openings FROM breakers').toArray(),
  )
}

describe('a group with two endpoints', () => {
  test.each<[string, Behavior]>([
    ['fails', refuses(500)],
    ['wants peace', refuses(429)],
    ['stalls', stalls],
  ])('[P11] is answered by the second where the first one %s', async (_, behavior) => {
    behaviors.set(hosts[0], behavior)
    const table = await foundGroup()
    const ada = await table.connect()
    const ended = await ask(ada)
    expect(ended).toMatchObject({
      body: { status: 'complete', source: 'model', model: hosts[1], text: 'Drip drop.' },
    })
    expect(asked).toEqual([...hosts])
    await ada.say('done')
    const ends = (await table.log()).filter(({ kind }) => kind === 'reply.ended')
    expect(ends).toHaveLength(1)
    expect(conditionsOf(ada)).toEqual([])
  })

  it('[P16] is answered locally while all rest, and hears when one is back', async () => {
    behaviors.set(hosts[0], refuses(401)).set(hosts[1], refuses(429))
    const table = await foundGroup()
    const ada = await table.connect()
    const before = Date.now()
    expect(await ask(ada)).toMatchObject({ body: { status: 'complete', source: 'local' } })
    const frame = await ada.next('assistant')
    expect(frame).toMatchObject({
      state: 'resting',
      reason: expect.stringMatching(/^auth$|^rate$/),
    })
    expect(frame.retryAt).toBeGreaterThanOrEqual(before + 60_000)
    expect(await ask(ada)).toMatchObject({ body: { source: 'local' } })
    expect(asked).toEqual([...hosts])
    expect((await table.connect()).welcome.assistant).toMatchObject({ state: 'resting' })
    expect(JSON.stringify(ada.frames)).not.toMatch(/canary|sk-123|\.test/)
  })

  it('is told that all is well again by the next good answer', async () => {
    behaviors.set(hosts[0], refuses(500)).set(hosts[1], refuses(500))
    const table = await foundGroup()
    const ada = await table.connect()
    await ask(ada)
    behaviors.clear()
    await ask(ada)
    expect(conditionsOf(ada)).toEqual([
      { type: 'assistant', state: 'local', reason: 'server' },
      { type: 'assistant', state: 'ok' },
    ])
  })

  it('counts the calls of each one apart', async () => {
    behaviors.set(hosts[0], refuses(500))
    const ada = await (await foundGroup()).connect()
    await ask(ada)
    const outcomesOf = (host: string) => modelHealth(env.MODEL_HEALTH, `${host}/${host}`).outcomes()
    await vi.waitFor(async () => {
      expect(await outcomesOf(hosts[0])).toMatchObject({ ok: 0, failed: { server: 1 } })
      expect(await outcomesOf(hosts[1])).toMatchObject({ ok: 1, failed: {} })
    })
  })
})

describe('an endpoint that has failed too often', () => {
  it('is noted by the group, and left alone', async () => {
    behaviors.set(hosts[0], refuses(500))
    const table = await foundGroup()
    const ada = await table.connect()
    for (let count = 0; count < 4; count += 1) await ask(ada)
    expect(await rowsOf(table)).toEqual([{ endpoint: `${hosts[0]}/${hosts[0]}`, openings: 1 }])
    const bo = await table.connect((await table.join('Bo')).id)
    asked = []
    await ask(bo)
    expect(asked).toEqual([hosts[1]])
  })

  it('is left alone by a group that wakes up and had noted it', async () => {
    const { MODELS } = env
    // Founded without them, so that no memory of this process has met the endpoints yet.
    Object.assign(env, { MODELS: '' })
    const table = await foundGroup()
    const until = Date.now() + 9_000
    await runInDurableObject(table.group, (_, { storage }) => {
      for (const host of hosts) {
        const row = [`${host}/${host}`, until, 1]
        storage.sql.exec('INSERT INTO breakers VALUES (?, ?, ?)', ...row)
      }
    })
    Object.assign(env, { MODELS })
    await table.sleep()
    expect((await table.connect()).welcome.assistant).toMatchObject({
      state: 'resting',
      retryAt: until,
    })
    expect(asked).toEqual([])
  })
})

it('stops the whole deployment by the name of a wrong place, without its value', () => {
  const problem = checkVariables({ ...env, MODELS: '[{"baseUrl":"s3cret","model":"m"}]' })
  expect(problem).toMatch(/^MODELS\[0\]\.baseUrl is no http or https URL/)
  expect(problem).not.toContain('s3cret')
})
