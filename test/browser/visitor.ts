import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'

/** The names by which things are found (PROTOCOL §11). */
const NAMES = {
  en: {
    groupName: 'Group name',
    yourName: 'Your name',
    create: 'Create',
    message: 'Message',
    send: 'Send',
    stop: 'Stop',
    invite: 'Invite',
    inviteLink: 'Invite link',
    messages: 'Messages',
    join: 'Join',
  },
  'zh-CN': {
    groupName: '群名',
    yourName: '你的名字',
    create: '创建',
    message: '消息',
    send: '发送',
    stop: '停止',
    invite: '邀请',
    inviteLink: '邀请链接',
    messages: '消息列表',
    join: '加入',
  },
} as const

export type Language = keyof typeof NAMES
type Name = keyof (typeof NAMES)['en']

// What a browser logs by itself when a request fails; not a fault of the page.
const NETWORK = /Failed to load resource|WebSocket connection to/

/** Someone with a browser window of their own. */
export class Visitor {
  readonly page: Page
  /** Faults and violated policies that the browser complained about. */
  readonly complaints: string[] = []
  readonly #url: string
  readonly #language: Language

  private constructor(page: Page, url: string, language: Language) {
    this.page = page
    this.#url = url
    this.#language = language
    page.on('pageerror', (fault) => this.complaints.push(fault.message))
    page.on('console', (line) => {
      const isFault = line.type() === 'error' || line.type() === 'warning'
      if (isFault && !NETWORK.test(line.text())) this.complaints.push(line.text())
    })
  }

  static async arrive(
    browser: Browser,
    url: string,
    options: BrowserContextOptions & { readonly locale?: Language } = {},
  ): Promise<Visitor> {
    const { locale = 'en', ...rest } = options
    const context = await browser.newContext({ locale, ...rest })
    context.setDefaultTimeout(15_000)
    return new Visitor(await context.newPage(), url, locale)
  }

  async leave(): Promise<void> {
    await this.page.context().close()
  }

  async open(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.#url).href)
  }

  textbox(name: Name): Locator {
    return this.page.getByRole('textbox', { name: NAMES[this.#language][name], exact: true })
  }

  button(name: Name): Locator {
    return this.page.getByRole('button', { name: NAMES[this.#language][name], exact: true })
  }

  get messages(): Locator {
    return this.page.getByRole('list', { name: NAMES[this.#language].messages, exact: true })
  }

  article(text: string | RegExp): Locator {
    return this.messages.getByRole('article').filter({ hasText: text })
  }

  async create(group: string, name: string): Promise<void> {
    await this.open('/')
    await this.textbox('groupName').fill(group)
    await this.textbox('yourName').fill(name)
    await this.button('create').click()
    await this.arriveInRoom()
  }

  async invite(): Promise<string> {
    await this.button('invite').click()
    const link = await this.textbox('inviteLink').inputValue()
    await this.page.keyboard.press('Escape')
    return link
  }

  async join(link: string, name: string): Promise<void> {
    await this.page.goto(link)
    await this.textbox('yourName').fill(name)
    await this.button('join').click()
    await this.arriveInRoom()
  }

  async arriveInRoom(): Promise<void> {
    await this.page.waitForURL('**/g/*')
    await this.messages.waitFor()
  }

  async say(text: string): Promise<void> {
    await this.textbox('message').fill(text)
    await this.textbox('message').press('Enter')
  }

  /** Waits until a message with this text is there. */
  async sees(text: string | RegExp): Promise<void> {
    await this.article(text).first().waitFor()
  }

  /** The panel with the group's people. */
  get panel(): Locator {
    return this.page.getByRole('complementary')
  }

  /** Opens what can be done to somebody in the panel, and does it. */
  async act(name: string, act: string): Promise<void> {
    await this.panel.getByRole('button', { name: `Actions for ${name}` }).click()
    await this.panel.getByRole('button', { name: act, exact: true }).click()
  }

  /** Waits for a line about what happened in the group. */
  async reads(line: string | RegExp): Promise<void> {
    await this.messages.getByText(line).waitFor()
  }

  /** How much wider the page is than its window, in pixels. */
  overflow(): Promise<number> {
    // Not `innerWidth`: a phone zooms out until everything fits.
    const width = this.page.viewportSize()?.width ?? 0
    return this.page.evaluate(`document.documentElement.scrollWidth - ${width}`)
  }
}
