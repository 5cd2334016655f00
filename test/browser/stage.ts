import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'

import { buildApp, launchBrowser } from '../support/browser.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'
import { Visitor } from './visitor.ts'

/** The narrowest screen that has to do. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
}

/** Where the stories of a file play: one server, one browser, and no complaint of a page unheard. */
export interface Stage {
  readonly visitor: (options?: Parameters<typeof Visitor.arrive>[2]) => Promise<Visitor>
  /** Ada's new group, with Ben in it. */
  readonly meet: () => Promise<{ readonly ada: Visitor; readonly ben: Visitor }>
}

/** Sets the stage for a file of tests, and clears it away. `vars` set its server up otherwise. */
export function openStage(vars: Readonly<Record<string, string>> = {}): Stage {
  let server: Server
  let browser: Browser
  let visitors: Visitor[] = []

  beforeAll(async () => {
    buildApp()
    server = await startServer({ vars: { LIMIT_MEMBER_BURST: '1000', ...vars } })
    browser = await launchBrowser()
  })

  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  afterEach(async () => {
    const complaints = visitors.flatMap((visitor) => visitor.complaints)
    await Promise.all(visitors.map((visitor) => visitor.leave()))
    visitors = []
    if (complaints.length > 0) throw new Error(`the browser complained:\n${complaints.join('\n')}`)
  })

  async function visitor(options: Parameters<typeof Visitor.arrive>[2] = {}): Promise<Visitor> {
    const arrived = await Visitor.arrive(browser, server.url, options)
    visitors.push(arrived)
    return arrived
  }

  async function meet() {
    const ada = await visitor()
    await ada.create('Launch week', 'Ada')
    const ben = await visitor()
    await ben.join(await ada.invite(), 'Ben')
    return { ada, ben }
  }

  return { visitor, meet }
}
