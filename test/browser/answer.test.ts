import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { buildApp, launchBrowser } from '../support/browser.ts'
import { startModelEndpoint } from '../support/model-endpoint.ts'
import type { ModelEndpoint } from '../support/model-endpoint.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'
import { Visitor } from './visitor.ts'

let model: ModelEndpoint
let server: Server
let browser: Browser

beforeAll(async () => {
  buildApp()
  model = await startModelEndpoint()
  model.answer = 'one two three four five six seven eight nine ten '.repeat(20)
  model.tokenDelayMs = 50
  const vars = { MODEL_BASE_URL: model.url, MODEL_NAME: 'ok', MODEL_API_KEY: 'key' }
  server = await startServer({ vars })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await server.stop()
  await model.close()
})

it('[P14] grows before everyone’s eyes, and stops when its asker says so', async () => {
  const ada = await Visitor.arrive(browser, server.url)
  await ada.create('Launch week', 'Ada')
  const ben = await Visitor.arrive(browser, server.url)
  await ben.join(await ada.invite(), 'Ben')
  await ada.say('@assistant count to ten, please')
  for (const someone of [ada, ben]) await someone.sees(/one two three/)
  const growing = ben.messages.getByRole('article').and(ben.page.locator('[aria-busy="true"]'))
  expect(await growing.count()).toBe(1)
  expect(await ben.button('stop').count()).toBe(0)

  await ada.button('stop').click()
  for (const someone of [ada, ben]) await someone.sees(/one two.*Stopped/)
  await ada.button('send').waitFor()
  expect(await growing.count()).toBe(0)
  expect([...ada.complaints, ...ben.complaints]).toEqual([])
})
