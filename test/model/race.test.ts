import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { ModelMemory } from '../../src/model/memory.ts'
import { createModel, parseModelSettings } from '../../src/model/model.ts'
import { createRandom } from '../support/random.ts'
import { askIn, listen } from './conversation.ts'
import { ManualTimers } from './manual-timers.ts'
import { turn } from './stand-in/calls.ts'
import { ScriptedEndpoints, THOUGHT, untilSettled } from './stand-in/scripted.ts'
import type { Behavior } from './stand-in/scripted.ts'

const ASK = askIn(['Ada: hello'], 'Bo: @assistant write a poem about rain')
const SCHEDULES = 1_200
const ASKS = 3

/** The same each time, unless another one is given to look further. */
const SEED = Number(process.env['SEED'] ?? 20_261_125)

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue()
})

afterEach(() => {
  vi.restoreAllMocks()
})

it(`has one winner, stops all others and mixes nothing, whatever endpoints do (SEED=${SEED})`, async () => {
  const seen = { model: 0, local: 0, broken: 0, stopped: 0, raced: 0 }
  for (let at = 0; at < SCHEDULES; at += 1) await play(SEED + at, seen)
  // Schedules that never got anywhere would prove nothing.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(SCHEDULES / 50)
}, 120_000)

type Seen = Record<'model' | 'local' | 'broken' | 'stopped' | 'raced', number>

async function play(seed: number, seen: Seen): Promise<void> {
  const draw = createRandom(seed)
  const timers = new ManualTimers()
  const hosts = ['a', 'b', 'c', 'd'].slice(0, 1 + Math.floor(draw() * 4))
  const endpoints = new ScriptedEndpoints(timers, (host) => behaviorFrom(draw, host))
  const list = hosts.map((host) => ({ name: host, baseUrl: `https://${host}/v1`, model: host }))
  const voice = createModel(parseModelSettings({ MODELS: JSON.stringify(list) }), {
    fetch: endpoints.fetch,
    startTimer: timers.start,
    now: () => timers.now,
    random: draw,
    memory: new ModelMemory(),
  })
  for (let count = 0; count < ASKS; count += 1) {
    const before = endpoints.calls.length
    const stream = listen()
    let committedAt = Infinity
    const onText = (text: string): void => {
      committedAt = Math.min(committedAt, timers.now)
      stream.onText(text)
    }
    const clearStop =
      draw() < 0.15 ? timers.start(draw() * 6_000, () => stream.stop('enough')) : () => {}
    const answer = voice.complete(ASK, { signal: stream.signal, onText }).then(
      ({ source, model }) => (source === 'model' ? `model ${model}` : 'local'),
      (fault: unknown) => (fault === 'enough' ? 'stopped' : 'broken'),
    )
    const outcome = await untilSettled(answer, timers)
    clearStop()
    for (let wait = 0; wait < 4; wait += 1) await turn()

    const calls = endpoints.calls.slice(before)
    const [speaker, ...others] = new Set(stream.text.match(/[a-d](?=\.)/g))
    const isMute = speaker === undefined
    const claims = {
      'no timer is left': timers.waiting === 0,
      'no call is left': calls.every(({ state }) => state !== 'open'),
      'each endpoint is asked once': new Set(calls.map(({ host }) => host)).size === calls.length,
      'three are asked at most': calls.length <= 3,
      'nobody is asked after the first word': calls.every(({ at }) => at <= committedAt),
      'one speaks at most': others.length === 0,
      'who speaks is who is named':
        !outcome.startsWith('model') || isMute || outcome === `model ${speaker}`,
      'a local answer has nothing of an endpoint': outcome !== 'local' || isMute,
      'what broke off had begun': outcome !== 'broken' || !isMute,
    }
    const broken = Object.entries(claims).filter(([, holds]) => !holds)
    expect(broken.map(([claim]) => `SEED=${seed}, question ${count + 1}: ${claim}`)).toEqual([])
    if (outcome.startsWith('model')) seen.model += 1
    else if (outcome === 'local' || outcome === 'broken' || outcome === 'stopped')
      seen[outcome] += 1
    if (calls.filter(({ state }) => state === 'aborted').length > 0) seen.raced += 1
  }
}

function behaviorFrom(draw: () => number, host: string): Behavior {
  const at = Math.floor(draw() * draw() * 9_000)
  const kind = draw()
  if (kind < 0.08) return { does: 'hang' }
  if (kind < 0.16) return { does: 'break', at }
  if (kind < 0.3) return { does: 'refuse', at, status: pick(draw, [400, 401, 429, 451, 500, 503]) }
  const pieces: (readonly [number, string])[] = []
  let time = at
  if (draw() < 0.2) pieces.push([time, THOUGHT])
  if (draw() < 0.2) pieces.push([time, ' '])
  for (let count = Math.floor(draw() * 5); count >= 0; count -= 1) {
    time += Math.floor(draw() * draw() * 4_000)
    pieces.push([time, `${host}.`])
  }
  const end = pick(draw, [
    'finish',
    'finish',
    'finish',
    'finish',
    'close',
    'cut',
    'error',
    'stall',
    'filter',
  ])
  const cutShort = end === 'finish' || end === 'filter' ? 0 : Math.floor(draw() * 3)
  const kept = pieces.slice(0, pieces.length - cutShort)
  return { does: 'answer', pieces: kept, end, endAt: time + 1 }
}

function pick<const T>(draw: () => number, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(draw() * choices.length)] ?? choices[0]
}
