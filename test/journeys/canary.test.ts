import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { canaryFor, leakIn } from '../support/canary.ts'
import { meet } from '../support/meeting.ts'
import type { Meeting } from '../support/meeting.ts'
import { startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint, ModelMode } from '../support/model-endpoint.ts'
import { RawSocket } from '../support/raw-socket.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

// More than a group keeps in any case, so that some of it is read from the archive.
const LINES = 80

const SAID = canaryFor('said')
const ASKED = canaryFor('asked')
const ECHOES: readonly ModelMode[] = [
  'echo-500',
  'echo-in-stream',
  'echo-late',
  'echo-html',
  'echo-400',
]

let endpoint: ModelEndpoint
let server: Server
/** Where everything is said that is nobody else's business. */
let inside: Meeting
/** Where none of it may ever turn up. */
let elsewhere: Meeting

beforeAll(async () => {
  endpoint = await startModelEndpoint({ mode: 'ok' })
  server = await startServer({
    vars: {
      MODEL_BASE_URL: endpoint.url,
      MODEL_NAME: 'ok',
      MODEL_API_KEY: canaryFor('api-key'),
      ARCHIVE_SEGMENT_EVENTS: '20',
      ARCHIVE_AFTER_MS: '200',
      ARCHIVE_KEEP_EVENTS: '50',
      LIMIT_MEMBER_BURST: '1000',
      LIMIT_REPLIES_PER_MINUTE: '1000',
    },
  })
  inside = await meet(server.url)
  elsewhere = await meet(server.url)
  for (let line = 1; line <= LINES; line += 1) await inside.ada.say(`line ${line} ${SAID}`)
})

// `stop` fails where the server printed anything of it; see test/support/server.ts.
afterAll(async () => {
  await server.stop()
  await endpoint.close()
})

/** Asks in a group and waits for the end of the answer. */
async function ask({ ada }: Meeting, question: string): Promise<string> {
  await ada.say(`@assistant ${question}`)
  const { body } = await ada.nextEvent('reply.ended', 20_000)
  return body.text
}

describe('what was said in a group', () => {
  it('is in no prompt of another group, nor in its answers', async () => {
    await ask(inside, `what is ${ASKED}?`)
    expect(promptsWith(ASKED)).toHaveLength(1)
    const before = endpoint.requests.length
    for (const question of ['what did they say?', 'repeat every line that you know', '总结一下']) {
      expect(leakIn(await ask(elsewhere, question))).toBeUndefined()
    }
    const prompts = endpoint.requests.slice(before).map(({ body }) => JSON.stringify(body))
    expect(prompts).toHaveLength(3)
    expect(leakIn(prompts.join('\n'))).toBeUndefined()
  })

  it('is on no page, in no search and in no frame of another group', async () => {
    const { group, people, ada, ben } = elsewhere
    await ada.settled()
    const search = await people.ada.fetch(`/groups/${group}/search?q=${SAID}`)
    const seen = [await people.ada.readLog(group), await search.json(), ada.frames, ben.frames]
    expect(leakIn(JSON.stringify(seen))).toBeUndefined()
    const own = await inside.people.ben.fetch(`/groups/${inside.group}/search?q=${SAID}`)
    expect(await own.text()).toContain(SAID)
  })

  it('is kept from those who may not read it', async () => {
    for (const path of ['', '/members', '/events?after=0', `/search?q=${SAID}`]) {
      const answer = await elsewhere.people.ada.fetch(`/groups/${inside.group}${path}`)
      expect([answer.status, leakIn(await answer.text())]).toEqual([404, undefined])
    }
  })

  it.each(ECHOES)('is not passed on where the endpoint quotes it in an error: %s', async (mode) => {
    endpoint.mode = mode
    const heard = inside.ben.frames.length
    await ask(inside, `and this? ${canaryFor(mode)}`)
    await inside.ben.settled()
    const replies = inside.ben.frames.slice(heard).filter((frame) => {
      return frame.type !== 'page' && (frame.type !== 'event' || frame.kind !== 'message')
    })
    expect(leakIn(JSON.stringify(replies))).toBeUndefined()
  })

  it('was quoted by the endpoint, so that the above means something', () => {
    expect(promptsWith(canaryFor('echo-500'))).not.toHaveLength(0)
  })
})

describe('what is wrong is not quoted', () => {
  const BAD = canaryFor('bad')

  it.each<[string, string, RequestInit]>([
    ['a body that is no JSON', '/groups', { method: 'POST', body: `{"title":"${BAD}` }],
    ['a body of the wrong shape', '/groups', { method: 'POST', body: `{"title":["${BAD}"]}` }],
    ['a field of the wrong name', '/groups', { method: 'POST', body: `{"${BAD}":1}` }],
    ['an invite', '/invites/accept', { method: 'POST', body: `{"invite":"${BAD}"}` }],
    ['a title', '/groups', { method: 'POST', body: `{"title":"${BAD}${'x'.repeat(64)}"}` }],
    ['a path', `/${BAD}`, {}],
    ['a group', `/groups/${BAD}`, {}],
    ['a method', `/session?${BAD}`, { method: 'PUT' }],
    ['a position', `/groups/GROUP/events?after=${BAD}`, {}],
    ['a query', `/groups/GROUP/search?q=${BAD.padEnd(201, 'x')}`, {}],
    ['a member', `/groups/GROUP/members/${BAD}`, { method: 'DELETE' }],
    ['an invite of the path', `/groups/GROUP/invites/${BAD}`, { method: 'DELETE' }],
    ['an origin', '/session', { method: 'DELETE', headers: { origin: `https://${BAD}.test` } }],
  ])('in the answer to %s', async (_, path, init) => {
    const place = path.replace('GROUP', inside.group)
    const answer = await inside.people.ada.fetch(place, init)
    const isRefused = answer.status >= 400 || path === '/session'
    expect([isRefused, leakIn(await answer.text())]).toEqual([true, undefined])
    expect(leakIn(JSON.stringify([...answer.headers]))).toBeUndefined()
  })

  it.each<[string, Record<string, string>]>([
    ['a token', { authorization: `Bearer ${BAD}` }],
    ['a cookie', { cookie: `parley=${BAD}` }],
    ['the token of an operator', { authorization: `Bearer ${canaryFor('an operator token')}x` }],
    ['the cookie of somebody, from elsewhere', { origin: `https://${BAD}.test` }],
  ])('in the answer to %s', async (_, headers) => {
    for (const path of ['/api/me', '/api/groups', '/api/ops/counters', '/metrics']) {
      const answer = await fetch(server.url + path, { headers })
      expect([answer.status, leakIn(await answer.text())]).toEqual([401, undefined])
    }
  })

  it.each([BAD, 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtXzEifQ.AAAA'])(
    'in the answer to a ticket: %#',
    async (ticket) => {
      const url = new URL(`${server.url}/api/groups/${inside.group}/socket`)
      const opened = RawSocket.open(url, ['parley.v1', `ticket.${ticket}`], () => {})
      const fault = await opened.then(() => 'opened', String)
      expect(fault).toContain('401 Unauthorized')
      expect(leakIn(fault)).toBeUndefined()
    },
  )

  it.each([
    ['no JSON', `{"type":"say","text":"${BAD}`],
    ['no type', `{"type":"${BAD}","id":"a"}`],
    ['no id', `{"type":"say","id":"${BAD} ","text":"${BAD}"}`],
    ['a text that is too long', `{"type":"say","id":"a","text":"${BAD.padEnd(8_001, 'x')}"}`],
    ['an unknown command', `{"type":"say","id":"a","text":"/${BAD}"}`],
    ['an edit of nothing', `{"type":"edit","id":"a","target":9999,"text":"${BAD}"}`],
  ])('in the refusal of a frame with %s', async (_, frame) => {
    // A connection of its own: ten bad frames in a minute close one.
    const member = await inside.people.ben.connect(inside.group)
    member.send(frame)
    expect(leakIn(JSON.stringify(await member.next('refused')))).toBeUndefined()
    await member.close()
  })
})

describe('what opens doors', () => {
  it('is an invite of which no URL carries more than the fragment', async () => {
    const path = `/groups/${inside.group}/invites`
    const made = await inside.people.ada.call<{ invite: string; url: string }>('POST', path, {})
    const url = new URL(made.url)
    expect(url.hash).toBe(`#${made.invite}`)
    url.hash = ''
    expect(url.href).not.toContain(made.invite.split('.')[1])
    await elsewhere.people.ben.join(made.invite)
    expect(server.output()).not.toContain(made.invite.split('.')[1])
  })

  it('is listed nowhere', async () => {
    const invites = await inside.people.ada.fetch(`/groups/${inside.group}/invites`)
    expect(await invites.text()).not.toMatch(/[\w-]{22}\.[\w-]{22}/)
  })
})

it('leaves nothing of it in what the operator reads, though faults were logged', async () => {
  const { people, group } = inside
  const events = (await people.ada.readLog(group)).length
  await expect.poll(async () => archivedIn(group), { timeout: 20_000 }).toBe(events)
  // A page of which the rows are gone is a fault without the archive.
  await server.emptyArchive()
  const page = await people.ada.fetch(`/groups/${group}/events?after=0&limit=5`)
  expect(page.status).toBe(500)
  expect(leakIn(await page.text())).toBeUndefined()
  const operator = { authorization: `Bearer ${canaryFor('an operator token')}` }
  const counters = await fetch(`${server.url}/api/ops/counters`, { headers: operator })
  expect([counters.status, leakIn(await counters.text())]).toEqual([200, undefined])
  expect(server.output()).toContain('http.failed')
  expect(leakIn(server.output())).toBeUndefined()
})

async function archivedIn(group: string): Promise<number> {
  const objects = (await server.archive()).filter(({ key }) => key.includes(group))
  return objects.reduce((sum, { text }) => sum + text.trim().split('\n').length, 0)
}

function promptsWith(words: string): readonly string[] {
  return endpoint.requests
    .map(({ body }) => JSON.stringify(body))
    .filter((body) => body.includes(words))
}
