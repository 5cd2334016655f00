import { createServer } from 'node:http'
import type { Server as TokenServer } from 'node:http'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { canaryFor } from '../support/canary.ts'
import { meet } from '../support/meeting.ts'
import { startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint } from '../support/model-endpoint.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

const SECRET = canaryFor('secret-of-the-second')
const TOKEN = canaryFor('token-of-the-second')

let first: ModelEndpoint
let second: ModelEndpoint
let issuer: TokenServer
let tokensAsked: string[]
let server: Server

beforeEach(async () => {
  first = await startModelEndpoint()
  second = await startModelEndpoint()
  tokensAsked = []
  issuer = createServer((request, response) => {
    tokensAsked.push(request.headers.authorization ?? '')
    const token = { access_token: TOKEN, token_type: 'Bearer', expires_in: 3_600 }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(token))
  })
  await new Promise<void>((resolve) => {
    issuer.listen(0, '127.0.0.1', resolve)
  })
  const address = issuer.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  server = await startServer({
    vars: {
      MODELS: JSON.stringify([
        { baseUrl: first.url, model: 'first' },
        {
          baseUrl: second.url,
          model: 'second',
          oauth: {
            tokenUrl: `http://127.0.0.1:${port}/token`,
            clientId: 'parley',
            clientSecret: 'SECOND_SECRET',
          },
        },
      ]),
      SECOND_SECRET: SECRET,
      MODEL_FIRST_TOKEN_MS: '8000',
    },
  })
})

afterEach(async () => {
  await server.stop()
  await first.close()
  await second.close()
  issuer.close()
})

describe('two endpoints', () => {
  it('race where the first one gives no sign of life; it hears that it lost', async () => {
    first.mode = 'hang'
    const { ada, ben } = await meet(server.url)
    const lost = first.nextRequest()
    await ada.say('@assistant what do you think?')
    const { body } = await ben.nextEvent('reply.ended', 20_000)
    expect(body).toMatchObject({ status: 'complete', source: 'model', text: second.answer })
    await (
      await lost
    ).closed
    expect((await lost).aborted).toBe(true)
  })

  it('share the questions by their tokens, which are asked for once and never shown', async () => {
    first.mode = '500'
    const { ada, ben, group, people } = await meet(server.url)
    for (let count = 0; count < 2; count += 1) {
      await ada.say(`@assistant question ${count}?`)
      const { body } = await ben.nextEvent('reply.ended', 20_000)
      expect(body).toMatchObject({ source: 'model', text: second.answer })
    }
    const keys = second.requests.map(({ headers }) => headers['authorization'])
    expect(keys).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`])
    expect(tokensAsked).toEqual([`Basic ${btoa(`parley:${SECRET}`)}`])
    const shown = JSON.stringify([await people.ben.readLog(group), ben.frames]) + server.output()
    for (const secret of [TOKEN, SECRET]) expect(shown).not.toContain(secret)
  })
})
