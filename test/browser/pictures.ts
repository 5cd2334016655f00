import { fileURLToPath } from 'node:url'

import en from '../../src/client/words/en.json' with { type: 'json' }
import zh from '../../src/client/words/zh-CN.json' with { type: 'json' }
import { buildApp, launchBrowser } from '../support/browser.ts'
import { startServer } from '../support/server.ts'
import { Visitor } from './visitor.ts'
import type { Language } from './visitor.ts'

// `npm run pictures`: takes the pictures of a room that the READMEs show, of the app as it is now.

interface Scene {
  readonly language: Language
  readonly group: string
  readonly people: readonly [string, string]
  /** Who says what: the first or the second of the people, in turn. */
  readonly lines: readonly (readonly [0 | 1, string])[]
  readonly file: string
}

const SCENES: readonly Scene[] = [
  {
    language: 'en',
    group: 'Launch week',
    people: ['Lin Yue', 'Amara'],
    lines: [
      [0, 'The canary is at 5 % since ten. Any alerts on your side?'],
      [1, 'None. Decision: we go to 50 % before lunch.'],
      [0, 'Good. The door code is 4711 now, see https://example.com/door'],
      [1, '@assistant summarize'],
      [0, '@assistant what is the door code?'],
    ],
    file: 'room.png',
  },
  {
    language: 'zh-CN',
    group: '发布周',
    people: ['林月', '老吴'],
    lines: [
      [0, '灰度从十点起是 5%，你那边有告警吗？'],
      [1, '没有。决定：午饭前放到 50%。'],
      [0, '好。门禁密码改成 4711 了，见 https://example.com/door'],
      [1, '@助手 总结一下'],
      [0, '@助手 门禁密码是多少？'],
    ],
    file: 'room.zh-CN.png',
  },
]

/** What stands under each whole answer of the built-in responder. */
const WHOLE = { en: en.reply.local, 'zh-CN': zh.reply.local }

buildApp()
const server = await startServer()
const browser = await launchBrowser()
for (const { language, group, people, lines, file } of SCENES) {
  const options = { locale: language, viewport: { width: 1440, height: 900 } }
  const host = await Visitor.arrive(browser, server.url, options)
  await host.create(group, people[0])
  const guest = await Visitor.arrive(browser, server.url, options)
  await guest.join(await host.invite(), people[1])
  let replies = 0
  for (const [who, text] of lines) {
    const speaker = who === 0 ? host : guest
    await speaker.say(text)
    await host.sees(text.replace(/^@\S+ /, ''))
    if (!text.startsWith('@')) continue
    replies += 1
    await host
      .article(WHOLE[language])
      .nth(replies - 1)
      .waitFor()
  }
  await host.page.evaluate('document.fonts.ready')
  const path = fileURLToPath(new URL(`../../docs/${file}`, import.meta.url))
  await host.page.screenshot({ path, animations: 'disabled' })
  console.log(`docs/${file}`)
}
await browser.close()
await server.stop()
