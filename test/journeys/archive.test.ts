import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CANARY } from '../support/canary.ts'
import { meet } from '../support/meeting.ts'
import { startServer } from '../support/server.ts'
import type { Server } from '../support/server.ts'

const MESSAGES = 120
const SEGMENT = 20

let server: Server

beforeAll(async () => {
  server = await startServer({
    vars: {
      ARCHIVE_SEGMENT_EVENTS: String(SEGMENT),
      ARCHIVE_AFTER_MS: '500',
      ARCHIVE_KEEP_EVENTS: '10',
      LIMIT_MEMBER_BURST: '1000',
      LIMIT_GROUP_PER_SECOND: '1000',
    },
  })
})

afterAll(async () => {
  await server.stop()
})

describe('old history', () => {
  it(
    '[P9] reads the same from the archive as from recent storage',
    { timeout: 60_000 },
    async () => {
      const { ada, ben, group, people } = await meet(server.url)
      for (let n = 1; n <= MESSAGES; n += 1) await ada.say(`message ${n} 你好 ${CANARY}`)
      await ben.caughtUp(MESSAGES + 2)
      // What came over the live feed was never near the archive.
      const live = ben.events
      expect(await people.ben.readLog(group)).toEqual(live)

      await expectArchived(group, MESSAGES + 2)
      expect(await people.ben.readLog(group)).toEqual(live)
      for (const before of [MESSAGES + 3, 75, 41, 40, 2]) {
        const { events, more } = await people.ben.page(group, { before, limit: 30 })
        const first = Math.max(1, before - 30)
        expect(events).toEqual(live.slice(first - 1, before - 1))
        expect(more).toBe(first > 1)
      }
      const back = await people.ben.connect(group, { since: 5, epoch: ben.welcome.epoch })
      await back.caughtUp(MESSAGES + 2)
      expect(back.events).toEqual(live.slice(5))

      const secret = live.find(({ seq }) => seq === 7)
      await ada.recall(Number(secret?.seq))
      const { events } = await people.ben.page(group, { after: 6, limit: 1 })
      expect(events).toMatchObject([{ seq: 7, body: { text: '', gone: 'recalled' } }])
      await expect
        .poll(async () => JSON.stringify(await server.archive()), { timeout: 20_000 })
        .not.toContain('message 5 你好')

      // The proof that the archive was read: without it the page is an error, and never a hole.
      await server.emptyArchive()
      expect((await people.ben.fetch(`/groups/${group}/events?after=0`)).status).toBe(500)
      expect(
        (await people.ben.page(group, { before: MESSAGES + 3, limit: 20 })).events,
      ).toHaveLength(20)
    },
  )
})

async function expectArchived(group: string, events: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const objects = (await server.archive()).filter(({ key }) => key.includes(group))
        return objects.reduce((sum, { text }) => sum + text.trim().split('\n').length, 0)
      },
      { timeout: 30_000, interval: 200 },
    )
    .toBe(events)
}
