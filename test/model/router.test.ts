import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'

import type { Condition } from '../../src/model/condition.ts'
import type { BreakerStore, OpenBreaker } from '../../src/model/leg.ts'
import { ModelMemory } from '../../src/model/memory.ts'
import { createModel, parseModelSettings } from '../../src/model/model.ts'
import { askIn, listen } from './conversation.ts'
import { ManualTimers } from './manual-timers.ts'
import { faultOf, turn } from './stand-in/calls.ts'
import { good, ScriptedEndpoints, THOUGHT, untilSettled } from './stand-in/scripted.ts'
import type { Behavior } from './stand-in/scripted.ts'

const ASK = askIn(['Ada: hello'], 'Bo: @assistant write a poem about rain')

let timers: ManualTimers
let memory: ModelMemory
let behaviors: Map<string, Behavior>
let endpoints: ScriptedEndpoints
let reports: string[]
let conditions: Condition[]
let rows: Map<string, OpenBreaker>

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue()
  timers = new ManualTimers()
  memory = new ModelMemory()
  behaviors = new Map()
  endpoints = new ScriptedEndpoints(timers, (host) => behaviors.get(host) ?? good(300))
  reports = []
  conditions = []
  rows = new Map()
})

afterEach(() => {
  vi.restoreAllMocks()
  if (timers.waiting > 0) throw new Error('a timer was left behind')
})

const store: BreakerStore = {
  load: (id) => rows.get(id),
  save: (id, open) => void (open ? rows.set(id, open) : rows.delete(id)),
}

/** A group’s voice with endpoints at these hosts, each with a model of the same name. */
function voiceWith(...hosts: readonly string[]) {
  const list = hosts.map((host) => ({ name: host, baseUrl: `https://${host}/v1`, model: host }))
  return createModel(parseModelSettings({ MODELS: JSON.stringify(list) }), {
    fetch: endpoints.fetch,
    startTimer: timers.start,
    now: () => timers.now,
    random: () => 1,
    memory,
    store,
    report: (id, { kind }) => reports.push(`${id} ${kind}`),
    onCondition: (condition) => conditions.push(condition),
  })
}

async function ask(voice = voiceWith('one', 'two')) {
  const stream = listen()
  const completion = await untilSettled(voice.complete(ASK, stream), timers)
  return { ...completion, text: stream.text }
}

async function asks(count: number, voice = voiceWith('one', 'two')): Promise<void> {
  for (let at = 0; at < count; at += 1) await ask(voice)
}

describe('the next endpoint', () => {
  test.each<[string, Behavior]>([
    ['network', { does: 'break', at: 100 }],
    ['server', { does: 'refuse', at: 100, status: 500 }],
    ['rate', { does: 'refuse', at: 100, status: 429 }],
    ['auth', { does: 'refuse', at: 100, status: 401 }],
    ['truncated', { does: 'answer', pieces: [[50, ' ']], end: 'close', endAt: 100 }],
    ['server', { does: 'answer', pieces: [[50, THOUGHT]], end: 'error', endAt: 100 }],
  ])('is asked at once after a failure of kind %s: %o', async (kind, behavior) => {
    behaviors.set('one', behavior)
    expect(await ask()).toMatchObject({ source: 'model', model: 'two', text: 'Yes.' })
    expect(endpoints.calls).toMatchObject([{ at: 0 }, { host: 'two', at: 100 }])
    expect(reports).toEqual([`one ${kind}`, 'two ok'])
    expect(conditions).toEqual([{ state: 'ok' }])
  })

  test.each<[string, number]>([
    ['filter', 451],
    ['other', 400],
    ['context', 413],
  ])('is not asked what one declined (%s); the answer is local', async (kind, status) => {
    behaviors.set('one', { does: 'refuse', at: 100, status })
    expect(await ask()).toMatchObject({ source: 'local', degraded: kind })
    expect(endpoints.hosts).not.toContain('two')
    expect(conditions).toEqual([{ state: 'local', reason: kind }])
  })

  it('is not asked any more once something was visible', async () => {
    const pieces = [[50, 'Drip']] as const
    behaviors.set('one', { does: 'answer', pieces, end: 'cut', endAt: 100 })
    const stream = listen()
    const call = faultOf(voiceWith('one', 'two').complete(ASK, stream))
    expect(await untilSettled(call, timers)).toMatchObject({ kind: 'network' })
    expect(stream.text).toBe('Drip')
    expect(endpoints.hosts).toEqual(['one'])
  })

  it('is not asked when half of the time for an answer has gone by', async () => {
    const thinking = (endAt: number): Behavior => ({
      does: 'answer',
      pieces: Array.from({ length: 6 }, (_, at) => [at * 10_000, THOUGHT] as const),
      end: 'cut',
      endAt,
    })
    behaviors.set('one', thinking(60_000))
    expect(await ask()).toMatchObject({ model: 'two' })
    behaviors.set('one', thinking(60_001))
    expect(await ask()).toMatchObject({ source: 'local', degraded: 'network' })
  })

  it('is the third at most', async () => {
    const hosts = ['one', 'two', 'three', 'four']
    for (const host of hosts) behaviors.set(host, { does: 'break', at: 10 })
    expect(await ask(voiceWith(...hosts))).toMatchObject({ source: 'local', degraded: 'network' })
    expect(endpoints.hosts).toEqual(['one', 'two', 'three'])
  })
})

describe('an endpoint without a sign of life', () => {
  it('is overtaken by the next one after a second and a half, and stopped', async () => {
    behaviors.set('one', { does: 'hang' })
    expect(await ask()).toMatchObject({ model: 'two', text: 'Yes.' })
    expect(endpoints.calls).toMatchObject([
      { host: 'one', at: 0, state: 'aborted' },
      { host: 'two', at: 1_500, state: 'ended' },
    ])
    expect(reports).toEqual(['two ok'])
  })

  it('wins all the same where it is first to speak', async () => {
    behaviors.set('one', good(1_900))
    behaviors.set('two', good(1_000))
    expect(await ask()).toMatchObject({ model: 'one' })
    expect(endpoints.calls).toMatchObject([{ state: 'ended' }, { host: 'two', state: 'aborted' }])
  })

  it('does not lose its good name by being asked second and answering second', async () => {
    behaviors.set('one', good(1_900)).set('two', { does: 'hang' })
    await asks(8)
    expect(endpoints.hosts.filter((host) => host === 'two')).toHaveLength(8)
    expect(rows.size).toBe(0)
  })

  it('brings no third one in by failing while the second is at work', async () => {
    behaviors.set('one', { does: 'break', at: 1_600 }).set('two', good(1_000))
    expect(await ask(voiceWith('one', 'two', 'three'))).toMatchObject({ model: 'two' })
    expect(endpoints.hosts).toEqual(['one', 'two'])
  })

  it('opens its breaker by being overtaken again and again', async () => {
    behaviors.set('one', { does: 'hang' })
    await asks(8)
    expect(await ask()).toMatchObject({ model: 'two' })
    expect(endpoints.calls.filter(({ host }) => host === 'one')).toHaveLength(8)
    expect(rows.get('one')).toMatchObject({ openings: 1 })
  })

  it('is left alone while it thinks', async () => {
    const pieces = [
      [500, THOUGHT],
      [4_000, 'Yes.'],
    ] as const
    behaviors.set('one', { does: 'answer', pieces, end: 'finish', endAt: 4_100 })
    expect(await ask()).toMatchObject({ model: 'one', text: 'Yes.' })
    expect(endpoints.hosts).toEqual(['one'])
  })

  it('is waited for as long as it usually takes', async () => {
    const voice = voiceWith('one', 'two')
    behaviors.set('one', good(1_400))
    await asks(9, voice)
    behaviors.set('one', good(2_000))
    behaviors.set('two', { does: 'hang' })
    await asks(3, voice)
    behaviors.set('one', good(1_900))
    const before = endpoints.hosts.filter((host) => host === 'two').length
    await asks(5, voice)
    expect(endpoints.hosts.filter((host) => host === 'two')).toHaveLength(before)
    expect(before).toBeGreaterThan(0)
  })

  it('is waited for where eight of the last hundred calls were extra already', async () => {
    for (let at = 0; at < 8; at += 1) memory.extraCalls.note(true)
    behaviors.set('one', good(3_000))
    await asks(1)
    expect(endpoints.hosts).toEqual(['one'])
    for (let at = 0; at < 92; at += 1) memory.extraCalls.note(false)
    await asks(1)
    expect(endpoints.hosts).toEqual(['one', 'one', 'two'])
  })

  it('is waited for where the group has four calls under way already', async () => {
    behaviors.set('one', good(3_000))
    const voice = voiceWith('one', 'two')
    await Promise.all(
      Array.from({ length: 4 }, () => untilSettled(voice.complete(ASK, listen()), timers)),
    )
    expect(endpoints.hosts).toEqual(['one', 'one', 'one', 'one'])
    await ask(voice)
    expect(endpoints.hosts.at(-1)).toBe('two')
  })

  it('is waited for until its limit where it is the only one', async () => {
    behaviors.set('one', { does: 'hang' })
    expect(await ask(voiceWith('one'))).toMatchObject({ source: 'local', degraded: 'first_token' })
    expect(timers.now).toBe(8_000)
  })
})

describe('an endpoint that wants peace', () => {
  test.each([
    [undefined, 20_000],
    ['7', 7_000],
    ['0', 1_000],
    ['86400', 300_000],
  ])('gets it (Retry-After: %s): %i ms', async (after, restMs) => {
    const voice = voiceWith('one', 'two')
    behaviors.set('one', { does: 'refuse', at: 0, status: 429, ...(after && { after }) })
    await ask(voice)
    behaviors.delete('one')
    const calls = () => endpoints.hosts.filter((host) => host === 'one').length
    timers.advance(restMs - 1 - timers.now)
    await ask(voice)
    expect(calls()).toBe(1)
    await ask(voice)
    expect(calls()).toBe(2)
  })

  it('is one of all: everyone hears when one is back, and nobody is called meanwhile', async () => {
    const voice = voiceWith('one', 'two')
    behaviors.set('one', { does: 'refuse', at: 0, status: 429, after: '60' })
    behaviors.set('two', { does: 'refuse', at: 0, status: 401 })
    await ask(voice)
    expect(voice.condition).toEqual({ state: 'resting', reason: 'rate', retryAt: 60_000 })
    expect(await ask(voice)).toMatchObject({ source: 'local', degraded: 'rate' })
    expect(endpoints.calls).toHaveLength(2)
    behaviors.clear()
    timers.advance(60_000)
    expect(await ask(voice)).toMatchObject({ model: 'one' })
    expect(voice.condition).toEqual({ state: 'ok' })
  })
})

describe('a breaker', () => {
  beforeEach(() => behaviors.set('one', { does: 'break', at: 0 }))

  it('keeps calls away for a while, then lets one try while others go on', async () => {
    const voice = voiceWith('one', 'two')
    await asks(5, voice)
    const calls = () => endpoints.hosts.filter((host) => host === 'one').length
    expect(calls()).toBe(4)
    behaviors.set('one', good(1_000))
    timers.advance(10_000)
    const trial = voice.complete(ASK, listen())
    const other = voice.complete(ASK, listen())
    await turn()
    expect(endpoints.hosts.slice(-2)).toEqual(['one', 'two'])
    expect(await untilSettled(trial, timers)).toMatchObject({ model: 'one' })
    await untilSettled(other, timers)
  })

  it('is remembered by the group for the next process, until it closes', async () => {
    await asks(4, voiceWith('one'))
    expect(rows.get('one')).toEqual({ until: 10_000, openings: 1 })
    memory = new ModelMemory()
    const woken = voiceWith('one')
    expect(woken.condition).toMatchObject({ state: 'resting', retryAt: 10_000 })
    expect(await ask(woken)).toMatchObject({ source: 'local' })
    expect(endpoints.calls).toHaveLength(4)
    behaviors.set('one', good(300))
    timers.advance(10_000)
    await ask(woken)
    expect(rows.size).toBe(1)
    await ask(woken)
    expect(rows.size).toBe(0)
  })

  it('is shared by the groups of a process', async () => {
    await asks(4, voiceWith('one'))
    await ask(voiceWith('one'))
    expect(endpoints.calls).toHaveLength(4)
  })

  it('is noted by each group, and told to the operator once', async () => {
    const [group, other] = [voiceWith('one'), voiceWith('one')]
    await asks(4, group)
    rows.clear()
    await ask(other)
    expect(rows.size).toBe(1)
    const lines = vi.mocked(console.log).mock.calls.map(([line]) => String(line))
    expect(lines.filter((line) => line.includes('model.breaker'))).toEqual([
      '{"event":"model.breaker","endpoint":"one","to":"open"}',
    ])
  })

  it('is not counted on by calls that were stopped', async () => {
    behaviors.set('one', { does: 'hang' })
    const voice = voiceWith('one', 'two')
    for (let at = 0; at < 9; at += 1) {
      const stream = listen()
      const call = faultOf(voice.complete(ASK, stream))
      await turn()
      stream.stop('enough')
      expect(await call).toBe('enough')
    }
    await turn()
    expect(endpoints.calls.map(({ state }) => state)).toEqual(Array(9).fill('aborted'))
    expect(rows.size).toBe(0)
    expect(reports).toEqual([])
  })
})

it('says that it is slow where the first token was, and not the next time', async () => {
  behaviors.set('one', good(4_001))
  const voice = voiceWith('one')
  await ask(voice)
  behaviors.clear()
  await ask(voice)
  expect(conditions).toEqual([{ state: 'slow', reason: 'first_token' }, { state: 'ok' }])
})

it('estimates what the dearest endpoint may use', () => {
  const one = { baseUrl: 'https://one/v1', model: 'one' }
  const two = { baseUrl: 'https://two/v1', model: 'two', profile: { maxTokens: 'none' } }
  const estimate = (...list: readonly object[]) =>
    createModel(parseModelSettings({ MODELS: JSON.stringify(list) }), { memory }).estimate(ASK)
  expect(estimate(one, two)).toEqual(estimate(two))
  expect(estimate(one, two).outputTokens).toBeGreaterThan(estimate(one).outputTokens)
})
