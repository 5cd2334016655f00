import { describe, expect, it } from 'vitest'

import { TEST_VARS } from '../support/server.ts'
import { openStage, PHONE } from './stage.ts'
import type { Visitor } from './visitor.ts'

const { visitor, meet } = openStage()

describe('a group', () => {
  it('is made, joined by a link, and talked in', async () => {
    const { ada, ben } = await meet()
    await ada.say('hello Ben')
    await ben.sees('hello Ben')
    await ben.say('hello Ada')
    await ada.sees('hello Ada')
    expect(await ada.article('hello Ben').count()).toBe(1)
    expect(await ben.article('hello Ben').textContent()).toContain('Ada')
    await ada.page.getByText('2 members, 2 here').waitFor()
  })

  it('gets an answer of the assistant that both see', async () => {
    const { ada, ben } = await meet()
    await ada.say('@assistant help')
    for (const someone of [ada, ben]) {
      await someone.sees('I am Assistant')
      await someone.sees('Answered on this server, without a model')
    }
    expect(await ben.article('I am Assistant').getAttribute('aria-busy')).toBeNull()
    await ada.button('send').waitFor()
  })

  it('keeps what was said over a reload', async () => {
    const { ada } = await meet()
    await ada.say('remember this')
    await ada.sees('remember this')
    await ada.page.reload()
    await ada.sees('remember this')
    expect(await ada.article('remember this').count()).toBe(1)
  })

  it('shows what was changed, taken back and reacted to', async () => {
    const { ada, ben } = await meet()
    await ada.say('teh plan')
    await ada.sees(/teh plan(?!.*sending)/)
    await ada.page.keyboard.press('ArrowUp')
    await ada.textbox('message').fill('the plan')
    await ada.page.keyboard.press('Enter')
    await ben.sees(/the plan.*edited/)

    await ben.article('the plan').hover()
    await ben.page.getByRole('button', { name: 'React' }).click()
    await ben.page.getByRole('button', { name: '🎉' }).click()
    await ada.article('the plan').getByRole('button', { name: '🎉, 1 person' }).waitFor()

    await ben.article('the plan').hover()
    await ben.page.getByRole('button', { name: 'Reply' }).click()
    await ben.say('good')
    await ada.sees(/the plan.*good/)

    await ada
      .article(/^Ada.*the plan|^You.*the plan/)
      .first()
      .hover()
    await ada.page.getByRole('button', { name: 'Recall' }).click()
    await ben.article('Message recalled').first().waitFor()
    expect(await ben.page.getByText('the plan').count()).toBe(0)
  })

  it('loads what came before while one scrolls up', async () => {
    const ada = await visitor()
    await ada.create('Long talk', 'Ada')
    for (let line = 1; line <= 130; line += 1) await ada.say(`line ${line}`)
    await ada.sees(/line 130(?!\d)/)
    await ada.page.reload()
    await ada.sees(/line 130(?!\d)/)
    expect(await ada.article(/line 1(?!\d)/).count()).toBe(0)
    const conversation = ada.page.getByRole('region', { name: 'Conversation' })
    const scrollUp = async () => {
      await conversation.hover()
      await ada.page.mouse.wheel(0, -5_000)
      return ada.article(/line 1(?!\d)/).count()
    }
    await expect.poll(scrollUp, { timeout: 10_000 }).toBe(1)
    await ada.page.getByRole('button', { name: 'Jump to the latest' }).click()
    await ada.page.getByRole('button', { name: /Jump/ }).waitFor({ state: 'detached' })
    expect(await ada.article(/line 130(?!\d)/).isVisible()).toBe(true)
  })
})

describe('a message that is not taken', () => {
  it('says why, and gives its text back', async () => {
    const ada = await visitor()
    await ada.create('Launch week', 'Ada')
    await ada.say('/nonsense')
    await ada.sees('Not sent: there is no such thing')
    await ada.page.getByRole('button', { name: 'Put it back in the box' }).click()
    expect(await ada.textbox('message').inputValue()).toBe('/nonsense')
    expect(await ada.article('nonsense').count()).toBe(0)
  })

  it('waits while there is no network, and arrives once', async () => {
    const { ada, ben } = await meet()
    const { page } = ada
    await page.context().setOffline(true)
    const ribbon = page.getByRole('status').filter({ hasText: 'You are offline' })
    await ribbon.getByRole('button', { name: 'Try now' }).waitFor()
    await ada.say('from the tunnel')
    await ada.sees('waiting for the network')
    await ribbon.getByText('1 message is waiting here').waitFor()
    await page.reload().catch(() => {})
    await page.context().setOffline(false)
    await page.goto(ben.page.url())
    await ben.sees('from the tunnel')
    await ada.sees(/from the tunnel(?!.*(?:sending|waiting))/)
    expect(await ada.article('from the tunnel').count()).toBe(1)
    expect(await ben.article('from the tunnel').count()).toBe(1)
    expect(await ribbon.count()).toBe(0)
  })
})

describe('the keyboard', () => {
  it('is all that one needs', async () => {
    const ada = await visitor()
    const { keyboard } = ada.page
    await ada.open('/')
    await ada.textbox('groupName').focus()
    await keyboard.type('Keys')
    await keyboard.press('Tab')
    await keyboard.type('Ada')
    await keyboard.press('Enter')
    await ada.arriveInRoom()
    await expect.poll(() => focused(ada)).toBe('TEXTAREA')
    await keyboard.type('@as')
    await ada.page.getByRole('option', { name: /Assistant/, selected: true }).waitFor()
    await keyboard.press('Enter')
    await keyboard.type('hello')
    await keyboard.press('Shift+Enter')
    await keyboard.type('again')
    expect(await ada.textbox('message').inputValue()).toBe('@assistant hello\nagain')
    await keyboard.press('Enter')
    await ada.sees('@assistant hello')
    expect(await ada.textbox('message').inputValue()).toBe('')
  })

  it('does not send what an input method is still composing', async () => {
    const ada = await visitor()
    await ada.create('输入法', 'Ada')
    await ada.textbox('message').focus()
    const devtools = await ada.page.context().newCDPSession(ada.page)
    await devtools.send('Input.imeSetComposition', {
      text: '你好',
      selectionStart: 2,
      selectionEnd: 2,
    })
    const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
    await devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', ...enter })
    expect(await ada.messages.getByRole('article').count()).toBe(0)
    await devtools.send('Input.insertText', { text: '你好' })
    await ada.page.keyboard.press('Enter')
    await ada.sees('你好')
    expect(await ada.article('你好').count()).toBe(1)
  })
})

describe('中文', () => {
  it('is what the page speaks when it is asked for', async () => {
    const wu = await visitor({ locale: 'zh-CN' })
    await wu.create('发布周', '老吴')
    expect(await wu.page.evaluate('document.documentElement.lang')).toBe('zh-CN')
    await wu.say('@助手 帮助')
    await wu.sees('本机应答')
    await wu.say('/help')
    const notice = wu.page.getByRole('note').filter({ hasText: '仅自己可见' })
    await notice.waitFor()
    expect(await notice.textContent()).toMatch(/助手/)
    await wu.page.getByText('1 位成员，1 人在线').waitFor()
  })

  it('is one press away, and an address may ask for it', async () => {
    const ada = await visitor()
    await ada.open('/?lang=zh-CN')
    await ada.page.getByRole('textbox', { name: '群名' }).waitFor()
    await ada.page.getByRole('button', { name: 'English' }).click()
    await ada.textbox('groupName').waitFor()
    await ada.page.reload()
    await ada.textbox('groupName').waitFor()
    expect(await ada.page.evaluate('document.documentElement.lang')).toBe('en')
  })
})

describe('a phone', () => {
  it('has room for every screen', async () => {
    const wu = await visitor({ ...PHONE, locale: 'zh-CN' })
    await wu.open('/')
    await wu.textbox('groupName').waitFor()
    expect(await wu.overflow()).toBeLessThanOrEqual(0)
    await wu.create(`发布周${'很长的名字'.repeat(8)}`, '老吴')
    await wu.say(`https://example.com/${'a'.repeat(300)} ${'长'.repeat(200)}`)
    await wu.say('```\nconst wide = "' + 'x'.repeat(200) + '"\n```')
    await wu.sees('const wide')
    expect(await wu.overflow()).toBeLessThanOrEqual(0)
    await wu.page.getByRole('button', { name: '成员', exact: true }).tap()
    await wu.page.getByRole('dialog', { name: '成员' }).getByText('助手看得到什么').waitFor()
    await wu.page.getByRole('button', { name: '关闭' }).tap()
    await wu.page.getByRole('button', { name: '群组', exact: true }).tap()
    await wu.page.getByRole('dialog', { name: '群组' }).getByText('新建群组').waitFor()
    expect(await wu.overflow()).toBeLessThanOrEqual(0)
  })
})

describe('the door', () => {
  it('tells a stranger how to get in, and lets nobody in with a spent invite', async () => {
    const ada = await visitor()
    await ada.create('Closed circle', 'Ada')
    const stranger = await visitor()
    await stranger.page.goto(ada.page.url())
    await stranger.page.getByRole('heading', { name: 'This group is by invitation' }).waitFor()
    await stranger.open('/join#nothing.nowhere')
    await stranger.textbox('yourName').fill('Mallory')
    await stranger.button('join').click()
    await stranger.page.getByRole('alert').waitFor()
    const answer = await stranger.page.getByRole('alert').textContent()
    expect(answer).toContain('This invite no longer works')
  })

  it('shows an operator what was counted', async () => {
    const operator = await visitor()
    await operator.open('/ops')
    const token = operator.page.getByRole('textbox', { name: 'Operator token' })
    await token.fill('a guess')
    await token.press('Enter')
    await operator.page.getByText('This is not the operator token').waitFor()
    await token.fill(TEST_VARS.OPERATOR_TOKEN)
    await token.press('Enter')
    const row = operator.page.getByRole('row', { name: /^messages/ })
    await row.waitFor()
    expect(await row.textContent()).toMatch(/\d/)
  })
})

function focused({ page }: Visitor): Promise<string> {
  return page.evaluate('document.activeElement.tagName')
}
