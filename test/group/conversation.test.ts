import { describe, expect, it } from 'vitest'

import { foundGroup, unique, valueOf } from '../support/room.ts'

describe('the log', () => {
  it('[P6] acknowledges a message and shows it to everyone under one seq', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    const ack = await ada.say('hello')
    expect(ack).toMatchObject({ type: 'ack', seq: 3, duplicate: false })
    const seen = await other.event(({ kind }) => kind === 'message')
    expect(seen).toMatchObject({ seq: 3, from: table.owner.id, body: { text: 'hello' } })
  })

  it('[P5] numbers from 1 without holes, the same for everyone', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    await Promise.all([
      ...Array.from({ length: 8 }, async (_, at) => ada.say(`a${at}`)),
      ...Array.from({ length: 8 }, async (_, at) => other.say(`b${at}`)),
    ])
    const log = await table.log()
    expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 18 }, (_, at) => at + 1))
    await Promise.all([ada, other].map(async (seat) => seat.event(({ seq }) => seq === 18)))
    expect(ada.events).toEqual(other.events)
  })

  it('[P7] acknowledges a repeated request with its first seq and appends nothing', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    const first = await ada.say('once', { id: 'x' })
    const again = await ada.say('once', { id: 'x' })
    expect(again).toEqual({ ...first, duplicate: true })
    expect(await table.log()).toHaveLength(2)
  })

  it('[P7] refuses an id that stood for something else', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('one', { id: 'x' })
    expect(await ada.say('two', { id: 'x' })).toMatchObject({ code: 'id_conflict', id: 'x' })
    expect(await table.log()).toHaveLength(2)
  })

  it('[P7] keeps two members’ equal ids apart, and the order of one connection', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    for (const text of ['1', '2', '3', '4']) ada.send({ type: 'say', id: `i${text}`, text })
    await other.say('mine', { id: 'i1' })
    await ada.event((event) => event.kind === 'message' && event.body.text === '4')
    const own = (await table.log()).filter(({ from, kind }) => kind === 'message' && from !== bo.id)
    expect(own.map((event) => event.kind === 'message' && event.body.text)).toEqual([
      '1',
      '2',
      '3',
      '4',
    ])
  })

  it('reads back what it wrote after Unicode was put in order', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('cafe\u0301 \u202Eevil\u200B 👩‍👩‍👧 你好')
    expect((await table.log()).at(-1)).toMatchObject({ body: { text: 'café evil 👩‍👩‍👧 你好' } })
  })

  it('masks a word of the list, in the log as on the wire', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('what the FUCK is 傻逼')
    expect((await table.log()).at(-1)).toMatchObject({ body: { text: 'what the ████ is ██' } })
  })

  it('[P13] names the assistant among the mentions and drops strangers', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const ada = await table.connect()
    await ada.say('ask @助手 please', { mentions: [bo.id, 'm_stranger'] })
    const message = await ada.event(({ kind }) => kind === 'message')
    expect(message).toMatchObject({ body: { mentions: [bo.id, 'assistant'] } })
  })
})

describe('edits, recalls and reactions', () => {
  it('[P8] appends an edit by the author and refuses one by anybody else', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    await ada.say('tpyo')
    const edited = await ada.ask({ type: 'edit', id: 'e1', target: 3, text: 'typo' })
    expect(edited).toMatchObject({ type: 'ack', seq: 4 })
    const other1 = await other.ask({ type: 'edit', id: 'e2', target: 3, text: 'mine' })
    expect(other1).toMatchObject({ code: 'forbidden' })
    expect((await table.log()).at(-1)).toMatchObject({
      kind: 'edited',
      body: { target: 3, text: 'typo' },
    })
  })

  it('[P8] lets a recalled text and its edits be gone from every later page', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('my secret canary')
    await ada.ask({ type: 'edit', id: 'e', target: 2, text: 'my edited canary' })
    expect(await ada.ask({ type: 'recall', id: 'r', target: 2 })).toMatchObject({ seq: 4 })
    const log = await table.log()
    expect(JSON.stringify(log)).not.toContain('canary')
    expect(log[1]).toMatchObject({ kind: 'message', body: { text: '', gone: 'recalled' } })
    const late = await table.connect()
    expect(JSON.stringify(late.welcome)).not.toContain('canary')
  })

  it('[P8] takes a word-for-word quote in a reply along with what it quotes', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('the door code is canary-4711')
    await ada.say('@assistant search canary-4711')
    const ended = await ada.event(({ kind }) => kind === 'reply.ended')
    expect(JSON.stringify(ended)).toContain('the door code')
    await ada.ask({ type: 'recall', id: 'r', target: 2 })
    const recalled = await ada.event(({ kind }) => kind === 'recalled')
    expect(recalled).toMatchObject({ body: { target: 2, also: [ended.seq] } })
    expect(JSON.stringify(await table.log())).not.toContain('the door code')
  })

  it('[P8] lets a moderator take back what somebody else said, by its name', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    await other.say('rude words')
    await ada.ask({ type: 'recall', id: 'r', target: 3 })
    const retracted = await other.event(({ kind }) => kind === 'retracted')
    expect(retracted).toMatchObject({ body: { target: 3, rule: 'moderator', by: table.owner.id } })
    expect(await other.ask({ type: 'recall', id: 'r2', target: 3 })).toMatchObject({
      code: 'conflict',
    })
  })

  it('shows a reaction to everyone and refuses one to nothing', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    await ada.say('good news')
    const react = { type: 'react', target: 2, emoji: '👍', on: true } as const
    expect(await ada.ask({ ...react, id: 'a' })).toMatchObject({ seq: 3 })
    expect(await ada.ask({ ...react, id: 'b', target: 1 })).toMatchObject({ code: 'not_found' })
    expect((await table.log()).at(-1)).toMatchObject({ body: { target: 2, emoji: '👍', on: true } })
  })
})

describe('commands', () => {
  it.each([
    ['/help', '@assistant'],
    ['/why', 'nobody addressed it'],
    ['/why 2', 'Words masked: 1'],
    ['/帮助', '写 @助手'],
    ['/为什么 2', '遮盖了 1 个词'],
  ])('[P24] answers %s privately and appends nothing', async (command, words) => {
    const table = await foundGroup()
    table.language = /\p{Script=Han}/u.test(command) ? 'zh' : 'en'
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    await ada.say('fuck')
    await ada.say('hello')
    const ack = await ada.say(command.replace('2', '3'))
    expect(ack).toMatchObject({ type: 'ack', seq: null })
    expect((await ada.next('notice')).text).toContain(words)
    await ada.say('after')
    await other.event((event) => event.kind === 'message' && event.body.text === 'after')
    expect(other.frames.some(({ type }) => type === 'notice')).toBe(false)
    expect(await table.log()).toHaveLength(5)
  })

  it('[P24] refuses an unknown command and lets // say a slash', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    expect(await ada.say('/frobnicate')).toMatchObject({ code: 'not_found' })
    await ada.say('//etc/hosts')
    expect((await table.log()).at(-1)).toMatchObject({ body: { text: '/etc/hosts' } })
  })
})

describe('joining', () => {
  it('[P3] [P4] welcomes without a position with the last 50 events', async () => {
    const table = await foundGroup()
    for (let at = 0; at < 60; at += 1) {
      await table.group.change(table.owner.id, { title: `Title ${at}` })
    }
    const { welcome } = await table.connect()
    expect(welcome).toMatchObject({ mode: 'snapshot', head: 61, more: true })
    expect(welcome.events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 50 }, (_, at) => at + 12),
    )
  })

  it('[P4] resumes after a seq of this epoch with all that came since', async () => {
    const table = await foundGroup()
    const ada = await table.connect()
    for (const text of ['a', 'b', 'c']) await ada.say(text)
    const { epoch } = ada.welcome
    const { welcome } = await table.connect(table.owner.id, { since: 2, epoch })
    expect(welcome).toMatchObject({ mode: 'resumed', more: false })
    expect(welcome.events.map(({ seq }) => seq)).toEqual([3, 4])
  })

  it.each([
    ['another epoch', { since: 1, epoch: 'e_other' }],
    ['a seq beyond the head', { since: 99 }],
  ])('[P4] resets for %s', async (_, position) => {
    const table = await foundGroup()
    const ada = await table.connect()
    const seat = await table.connect(table.owner.id, { epoch: ada.welcome.epoch, ...position })
    expect(seat.welcome).toMatchObject({ mode: 'reset', head: 1 })
  })

  it('[P2] lets a ticket in once', async () => {
    const table = await foundGroup()
    const ticket = unique('t')
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async () => table.knock(table.owner.id, {}, ticket)),
    )
    expect(statuses.filter(({ status }) => status === 101)).toHaveLength(1)
    expect(statuses.filter(({ status }) => status === 401)).toHaveLength(9)
  })

  it('[P23] sends a removed member away after the event that removes them', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    await table.group.removeMember(table.owner.id, bo.id)
    await ada.say('after')
    expect(await other.end()).toBe(4503)
    expect(other.events.at(-1)).toMatchObject({ kind: 'member', body: { change: 'removed' } })
    expect((await table.knock(bo.id)).status).toBe(403)
  })

  it('tells who is here, and who left', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const ada = await table.connect()
    const other = await table.connect(bo.id)
    expect(other.welcome.online).toEqual([table.owner.id, bo.id])
    expect(await ada.next('presence')).toMatchObject({ on: expect.arrayContaining([bo.id]) })
    other.close()
    expect(await ada.next('presence')).toMatchObject({ off: [bo.id], count: 1 })
  })

  it('counts what a member has not read, and where they are mentioned', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const ada = await table.connect()
    await ada.say('for everyone')
    await ada.say('for you', { mentions: [bo.id] })
    const ofBo = valueOf(await table.group.standing(bo.id))
    expect(ofBo).toMatchObject({ title: 'Round table', role: 'member', unread: 2, mentions: 1 })
    expect(valueOf(await table.group.standing(table.owner.id))).toMatchObject({ unread: 0 })
    const other = await table.connect(bo.id)
    other.send({ type: 'read', seq: 3 })
    await other.say('read one')
    expect(valueOf(await table.group.standing(bo.id))).toMatchObject({ unread: 1, mentions: 1 })
    other.close()
    await ada.next('presence')
    await table.sleep()
    expect(valueOf(await table.group.standing(bo.id))).toMatchObject({ unread: 1 })
  })

  it('passes typing and reading on to the others', async () => {
    const table = await foundGroup()
    const bo = await table.join('Bo')
    const [ada, other] = [await table.connect(), await table.connect(bo.id)]
    other.send({ type: 'typing', on: true })
    expect(await ada.next('typing')).toMatchObject({ from: bo.id, forMs: 8_000 })
    await ada.say('read this')
    other.send({ type: 'read', seq: 3 })
    expect(await ada.next('read')).toMatchObject({ from: bo.id, seq: 3 })
    expect(other.frames.some(({ type }) => type === 'typing')).toBe(false)
  })
})
