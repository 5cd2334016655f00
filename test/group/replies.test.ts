import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { foundGroup } from '../support/room.ts'
import { ToldEndpoint } from '../support/told-endpoint.ts'

let endpoint: ToldEndpoint

beforeEach(() => {
  endpoint = new ToldEndpoint()
  Object.assign(env, { MODEL_BASE_URL: 'http://model.test/v1', MODEL_NAME: 'stand-in' })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) =>
    endpoint.fetch(input, init),
  )
})

afterEach(() => {
  Object.assign(env, { MODEL_BASE_URL: '', MODEL_NAME: '' })
  vi.restoreAllMocks()
})

describe('a reply by a model', () => {
  it('[P11] [P12] streams to everyone and ends with the whole text', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant what is a table?')
    endpoint.says('A round ')
    expect(await ada.next('delta')).toMatchObject({ reply: 3, run: 1, offset: 0, text: 'A round ' })
    endpoint.says('thing.')
    endpoint.finishes()
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    expect(ended).toMatchObject({
      body: { reply: 3, status: 'complete', text: 'A round thing.', source: 'model' },
    })
  })

  it('[P12] gives who joins mid-reply the text so far, and then what follows', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant tell')
    endpoint.says('Once ')
    await ada.next('delta')
    const late = await table.connect()
    expect(late.welcome.replies).toEqual([{ reply: 3, run: 1, text: 'Once ' }])
    endpoint.says('upon a time')
    expect(await late.next('delta')).toMatchObject({ offset: 5, text: 'upon a time' })
    endpoint.finishes()
    await late.event(({ kind }) => kind === 'reply.ended')
  })

  it('[P15] never calls an answer complete that was cut off', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant tell')
    endpoint.says('Once upon')
    await ada.next('delta')
    endpoint.breaksOff()
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    expect(ended).toMatchObject({ body: { status: 'interrupted', text: 'Once upon' } })
  })

  it('[P14] is stopped by its asker, keeps its text and lets the endpoint know', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    await other.say('@assistant tell')
    endpoint.says('Once')
    await other.next('delta')
    const stop = { type: 'stop', reply: 4 } as const
    const carl = await table.connect((await table.join('Carl')).id)
    expect(await carl.ask({ ...stop, id: 's' })).toMatchObject({ code: 'forbidden' })
    expect(await other.ask({ ...stop, id: 's' })).toMatchObject({ type: 'ack', seq: null })
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    expect(ended).toMatchObject({ body: { status: 'stopped', text: 'Once' } })
    expect(endpoint.signals[0]?.aborted).toBe(true)
  })

  it('[P14] is withdrawn when its question is recalled', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant tell')
    endpoint.says('Once')
    await ada.next('delta')
    await ada.ask({ type: 'recall', id: 'r', target: 2 })
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    expect(ended).toMatchObject({ body: { status: 'withdrawn', text: '' } })
  })

  it('never shows a word of the list, however the endpoint cuts it', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant swear')
    for (const piece of ['You f', 'uc', 'k', ' off']) endpoint.says(piece)
    endpoint.finishes()
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    expect(ended).toMatchObject({ body: { text: 'You ████ off' } })
    const shown = ada.frames.flatMap((frame) => (frame.type === 'delta' ? [frame.text] : []))
    expect(shown.join('')).toBe('You ████ off')
  })

  it('[P16] keeps what the endpoint says of its failure out of the group', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    vi.mocked(fetch).mockResolvedValue(new Response('canary: quota of sk-123', { status: 500 }))
    await ada.say('@assistant what is love?')
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    expect(ended).toMatchObject({ body: { status: 'complete', source: 'local' } })
    expect(await ada.next('assistant')).toMatchObject({ state: 'local' })
    expect(JSON.stringify(ada.frames)).not.toMatch(/canary|sk-123|500|model\.test/)
  })

  it('[P11] ends as interrupted with its checkpoint when the object died', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant tell')
    endpoint.says('x'.repeat(2_100))
    await ada.next('delta')
    await abortAllDurableObjects()
    vi.useFakeTimers({ now: Date.now() + 31_000, toFake: ['Date'] })
    await runDurableObjectAlarm(table.group)
    vi.useRealTimers()
    const log = await table.log()
    const ends = log.filter(({ kind }) => kind === 'reply.ended')
    expect(ends).toMatchObject([
      { body: { reply: 3, status: 'interrupted', text: 'x'.repeat(2_100) } },
    ])
  })

  it('[P11] ends as interrupted also where an earlier question was promised and not begun', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('@assistant tell')
    await ada.say('@assistant and more')
    await ada.event(({ kind, seq }) => kind === 'reply.started' && seq > 4)
    // As it stands where the object dies between the question and the beginning of its answer.
    await runInDurableObject(table.group, (_, { storage }) => {
      storage.sql.exec('UPDATE replies SET reply = NULL WHERE trigger_seq = 2')
    })
    await abortAllDurableObjects()
    vi.useFakeTimers({ now: Date.now() + 31_000, toFake: ['Date'] })
    // The model takes its time.
    const rung = runDurableObjectAlarm(table.group)
    await vi.waitFor(async () => {
      const ends = (await table.log()).filter(({ kind }) => kind === 'reply.ended')
      expect(ends).toMatchObject([{ body: { status: 'interrupted' } }])
    })
    endpoint.says('late')
    endpoint.finishes()
    await rung
    vi.useRealTimers()
    const back = await table.connect()
    await back.say('thanks')
    await vi.waitFor(async () => {
      const ends = (await table.log()).filter(({ kind }) => kind === 'reply.ended')
      expect(ends.at(-1)).toMatchObject({ body: { status: 'complete', text: 'late' } })
    })
  })

  it('[P13] has one answer for each question, however often it is repeated', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    vi.mocked(fetch).mockImplementation(async () => new Response('', { status: 500 }))
    await ada.say('@assistant hm?', { id: 'q' })
    await ada.event(({ kind }) => kind === 'reply.ended')
    await ada.say('@assistant hm?', { id: 'q' })
    await ada.say('done')
    const log = await table.log()
    expect(log.filter(({ kind }) => kind === 'reply.started')).toHaveLength(1)
  })

  it('answers four questions of a member in a minute and says so at the fifth', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    vi.mocked(fetch).mockImplementation(async () => new Response('', { status: 500 }))
    for (let at = 0; at < 5; at += 1) {
      await ada.say(`@assistant question ${at}`)
      if (at < 4) await ada.next('event')
    }
    expect(await ada.next('notice')).toMatchObject({ text: expect.stringContaining('answers you') })
    await ada.say('done')
    const log = await table.log()
    expect(log.filter(({ kind }) => kind === 'reply.started')).toHaveLength(4)
  })

  it('[P7] answers again once for each request, however often it is repeated', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    vi.mocked(fetch).mockImplementation(async () => new Response('', { status: 500 }))
    await ada.say('@assistant hm?')
    const first = await ada.event(({ kind }) => kind === 'reply.ended')
    const reply = first.kind === 'reply.ended' ? first.body.reply : 0
    const again = { type: 'again', id: 'once', reply } as const
    expect(await ada.ask(again)).toMatchObject({ type: 'ack', seq: null, duplicate: false })
    await ada.event(({ kind, seq }) => kind === 'reply.ended' && seq > first.seq)
    await table.sleep()
    expect(await ada.ask(again)).toMatchObject({ type: 'ack', seq: null, duplicate: true })
    expect(await ada.say('other', { id: 'once' })).toMatchObject({ code: 'id_conflict' })
    const starts = (await table.log()).filter(({ kind }) => kind === 'reply.started')
    expect(starts).toHaveLength(2)
  })

  it('answers again on request, as another reply to the same question', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    vi.mocked(fetch).mockImplementation(async () => new Response('', { status: 500 }))
    await ada.say('@assistant hm?')
    await ada.event(({ kind }) => kind === 'reply.ended')
    expect(await ada.ask({ type: 'again', id: 'a', reply: 3 })).toMatchObject({ type: 'ack' })
    const second = await ada.event(({ kind, seq }) => kind === 'reply.started' && seq > 3)
    expect(second).toMatchObject({ body: { trigger: 2, again: 3 } })
    await ada.event(({ kind, seq }) => kind === 'reply.ended' && seq > second.seq)
  })
})
