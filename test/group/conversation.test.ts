import { expect, it } from 'vitest'

import { foundGroup } from '../support/room.ts'

it('[P6] acknowledges a message and shows it to everyone under one seq', async () => {
  const table = await foundGroup()
  const bo = await table.join('Bo')
  const ada = await table.connect()
  const other = await table.connect(bo.id)
  const ack = await ada.say('hello')
  expect(ack).toMatchObject({ type: 'ack', seq: 3, duplicate: false })
  const seen = await other.event(({ kind }) => kind === 'message')
  expect(seen).toMatchObject({ seq: 3, from: table.owner.id, body: { text: 'hello' } })
})

it('[P11] answers a mention with a reply that streams and ends once', async () => {
  const table = await foundGroup()
  const ada = await table.connect()
  await ada.say('@assistant help')
  const started = await ada.event(({ kind }) => kind === 'reply.started')
  const ended = await ada.event(({ kind }) => kind === 'reply.ended')
  expect(started).toMatchObject({ body: { to: table.owner.id, trigger: 2 } })
  expect(ended).toMatchObject({ body: { reply: started.seq, status: 'complete', source: 'local' } })
  const deltas = ada.frames.filter((frame) => frame.type === 'delta')
  const text = deltas.map((delta) => delta.text).join('')
  expect(ended.kind === 'reply.ended' && ended.body.text).toBe(text)
})
