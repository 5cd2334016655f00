import { describe, expect, it } from 'vitest'

import { openStage, PHONE } from './stage.ts'
import type { Visitor } from './visitor.ts'

const { visitor, meet } = openStage()

/** Opens a sheet of the group's and waits for what it is about. */
async function openSheet({ page, panel }: Visitor, name: string) {
  await panel.getByRole('button', { name, exact: true }).click()
  return page.getByRole('dialog', { name })
}

async function askFirst(ada: Visitor): Promise<void> {
  const settings = await openSheet(ada, 'Group settings')
  await settings.getByRole('radio', { name: 'asks, and a moderator lets them in' }).check()
  await settings.getByRole('button', { name: 'Save' }).click()
  await ada.reads('You changed the settings: moderators let people in')
}

function focusedLabel({ page }: Visitor): Promise<string | null> {
  return page.evaluate('document.activeElement.ariaLabel')
}

function focusedText({ page }: Visitor): Promise<string> {
  return page.evaluate('document.activeElement.textContent')
}

function isInside({ page }: Visitor, place: string): Promise<boolean> {
  return page.evaluate(`document.activeElement.matches('${place}')`)
}

describe('an invite', () => {
  it('can be scanned, is made to measure, and can be revoked', async () => {
    const ada = await visitor()
    await ada.create('Launch week', 'Ada')
    await ada.button('invite').click()
    const sheet = ada.page.getByRole('dialog', { name: 'Invite people' })
    await sheet.getByRole('img', { name: 'QR code of the invite link' }).waitFor()
    const first = await ada.textbox('inviteLink').inputValue()
    await sheet.getByRole('combobox', { name: 'They come as' }).selectOption('guest')
    await sheet.getByRole('combobox', { name: 'Good for' }).selectOption('1 person')
    await sheet.getByRole('combobox', { name: 'Works for' }).selectOption('1 hour')
    await sheet.getByRole('button', { name: 'New link' }).click()
    const guests = sheet.getByRole('listitem').filter({ hasText: 'guest' })
    await guests.filter({ hasText: '1 of 1 left' }).waitFor()
    expect(await ada.textbox('inviteLink').inputValue()).not.toBe(first)

    const members = sheet.getByRole('listitem').filter({ hasText: '100 of 100 left' })
    await members.getByRole('button', { name: /^Revoke/ }).click()
    await members.waitFor({ state: 'detached' })
    await expect.poll(() => isInside(ada, 'dialog ul')).toBe(true)
    const ben = await visitor()
    await ben.page.goto(first)
    await ben.textbox('yourName').fill('Ben')
    await ben.button('join').click()
    await ben.page.getByText('This invite no longer works').waitFor()

    await ben.page.goto(await ada.textbox('inviteLink').inputValue())
    await ben.button('join').click()
    await ben.arriveInRoom()
    await ben.page.getByText('You are a guest here').waitFor()
    expect(await ben.textbox('message').count()).toBe(0)
  })

  it('waits for a moderator’s yes, where the group wants that', async () => {
    const ada = await visitor()
    await ada.create('Closed circle', 'Ada')
    await askFirst(ada)
    const link = await ada.invite()
    const ask = async (name: string) => {
      const someone = await visitor()
      await someone.page.goto(link)
      await someone.textbox('yourName').fill(name)
      await someone.button('join').click()
      await someone.page.getByRole('heading', { name: 'Your request has been sent' }).waitFor()
      return someone
    }
    const ben = await ask('Ben')
    await ask('Mallory')
    await ben.page.getByRole('button', { name: 'Look again' }).click()
    await ben.page.getByText(/Looked at .*: not yet/).waitFor()

    // Where the panel is folded away, the button to it says how many wait.
    await ada.page.setViewportSize({ width: 1_000, height: 720 })
    await ada.page.getByRole('button', { name: 'Members 2 waiting' }).waitFor()
    await ada.page.setViewportSize({ width: 1_280, height: 720 })
    await ada.panel.getByRole('button', { name: 'Deny: Mallory' }).click()
    await ada.reads('You did not let Mallory in')
    await ada.panel.getByRole('button', { name: 'Let in: Ben' }).click()
    await ada.reads('You let Ben in')
    await expect.poll(() => focusedLabel(ada)).toBe('Members')
    await ada.panel.getByText('Waiting to be let in').waitFor({ state: 'detached' })
    // By itself, within the ten seconds after which the page looks.
    await ben.arriveInRoom()
    await ben.reads('Ada let you in')
    await ben.say('thank you')
    await ada.sees('thank you')
    expect(await ada.article('thank you').textContent()).toContain('Ben')
  })
})

describe('a moderator', () => {
  it('mutes, and the composer says until when', async () => {
    const { ada, ben } = await meet()
    await ben.say('never mind')
    await ada.act('Ben', 'Mute for 10 minutes')
    await ben.page.getByText(/You are muted until \d\d:\d\d/).waitFor()
    expect(await ben.textbox('message').count()).toBe(0)
    await ben.reads(/Ada muted you until/)
    await ada.panel.getByText(/muted until/).waitFor()
    await ben.page.reload()
    await ben.page.getByText(/You are muted until \d\d:\d\d/).waitFor()

    // What was said can still be taken back.
    await ben.article('never mind').hover()
    expect(await ben.page.getByRole('button', { name: 'Reply' }).count()).toBe(0)
    await ben.page.getByRole('button', { name: 'Recall' }).click()
    await ada.article('Message recalled').waitFor()

    await ada.act('Ben', 'Unmute')
    await ben.textbox('message').waitFor()
    await ben.say('back again')
    await ada.sees('back again')
  })

  it('is made and unmade, and the buttons follow at once', async () => {
    const { ada, ben } = await meet()
    expect(await ben.button('invite').count()).toBe(0)
    expect(await ben.panel.getByRole('button', { name: /^Actions for/ }).count()).toBe(0)
    const cem = await visitor()
    await cem.join(await ada.invite(), 'Cem')
    await ada.act('Ben', 'Make moderator')
    await ben.button('invite').waitFor()
    await ben.reads('Ada made you a moderator')
    await ben.panel.getByRole('button', { name: 'Actions for Cem' }).waitFor()
    expect(await ben.panel.getByRole('button', { name: 'Actions for Ada' }).count()).toBe(0)

    await ada.act('Ben', 'Make guest')
    await ben.page.getByText('You are a guest here').waitFor()
    expect(await ben.button('invite').count()).toBe(0)
  })

  it('removes, and the window of who has to go says so', async () => {
    const { ada, ben } = await meet()
    await ada.act('Ben', 'Remove')
    await ben.page.getByText('You are no longer a member of this group').waitFor()
    await ada.reads('You removed Ben')
    await ada.page.getByText('1 member, 1 here').waitFor()
    expect(await ben.messages.count()).toBe(0)
  })

  it('bans after a second thought, and forgives', async () => {
    const { ada, ben } = await meet()
    const link = await ada.invite()
    await ada.act('Ben', 'Ban')
    await ada.panel.getByRole('button', { name: 'Cancel' }).click()
    await ada.panel.getByRole('button', { name: 'Ban', exact: true }).click()
    const question = ada.panel.getByRole('group', { name: /^Ban Ben\?/ })
    await question.getByRole('button', { name: 'Ban' }).click()
    await ben.page.getByText('You are no longer a member of this group').waitFor()
    await ada.panel.getByText('Banned (1)').click()
    await ada.panel.getByRole('button', { name: 'Unban: Ben' }).click()
    await ada.reads('You lifted the ban on Ben')
    await ben.page.goto(link)
    await ben.button('join').click()
    await ben.arriveInRoom()
    expect(await ada.panel.getByText(/^Banned/).count()).toBe(0)
  })
})

describe('the keyboard', () => {
  it('reaches every act on a member, and comes back from where it went', async () => {
    const { ada } = await meet()
    const { keyboard } = ada.page
    await ada.page.setViewportSize({ width: 1_000, height: 720 })
    await ada.page.getByRole('button', { name: 'Members', exact: true }).press('Enter')
    const sheet = ada.page.getByRole('dialog', { name: 'Members' })
    const handle = sheet.getByRole('button', { name: 'Actions for Ben' })
    await handle.press('Enter')
    await expect.poll(() => focusedText(ada)).toBe('Mute for 10 minutes')
    await keyboard.press('Escape')
    await sheet.getByRole('group', { name: 'Actions for Ben' }).waitFor({ state: 'detached' })
    expect(await focusedLabel(ada)).toBe('Actions for Ben')

    await keyboard.press('Enter')
    await sheet.getByRole('button', { name: 'Ban', exact: true }).press('Enter')
    // The way back has the focus, so that the same key does nothing grave.
    await expect.poll(() => focusedText(ada)).toBe('Cancel')
    await keyboard.press('Enter')
    await expect.poll(() => focusedText(ada)).toBe('Mute for 10 minutes')
    await keyboard.press('Enter')
    await sheet.getByText(/muted until/).waitFor()
    await expect.poll(() => focusedLabel(ada)).toBe('Actions for Ben')
  })
})

describe('a member', () => {
  it('leaves, but the last owner hands over first', async () => {
    const { ada, ben } = await meet()
    const leave = async ({ panel }: Visitor) => {
      await panel.getByRole('button', { name: 'Leave group' }).click()
      const question = panel.getByRole('group', { name: /^Leave “Launch week”\?/ })
      await question.getByRole('button', { name: 'Leave group' }).click()
    }
    await leave(ada)
    await ada.panel.getByText('Make someone else the owner first').waitFor()
    await ada.act('Ben', 'Make owner')
    const question = ada.panel.getByRole('group', { name: /^Hand this group over to Ben\?/ })
    await question.getByRole('button', { name: 'Make owner' }).click()
    await ada.reads('You became a moderator')
    await ben.reads('Ada made you the owner')
    await ada.panel.getByRole('button', { name: 'Cancel' }).click()
    await leave(ada)
    await ada.textbox('groupName').waitFor()
    expect(await ada.page.getByRole('link', { name: 'Launch week' }).count()).toBe(0)
    await ben.reads('Ada left')
  })
})

describe('the settings', () => {
  it('are saved, told to everyone, and there when they are opened again', async () => {
    const { ada, ben } = await meet()
    expect(await ben.panel.getByRole('button', { name: 'Group settings' }).count()).toBe(0)
    const settings = await openSheet(ada, 'Group settings')
    await settings.getByRole('textbox', { name: 'Name of the group' }).fill('Landing week')
    const slow = settings.getByRole('combobox', { name: 'Slow mode' })
    await slow.selectOption('30 seconds')
    await settings.getByRole('button', { name: 'Save' }).click()
    await ben.reads('Ada changed the settings: name “Landing week”, one message every 30 seconds')
    await ben.page.getByRole('heading', { name: 'Landing week' }).waitFor()
    await ben.page.getByText('Slow mode: one message every 30 seconds').waitFor()
    await ben.say('one')
    await ben.say('two')
    await ben.sees(/Not sent: wait (?:29|30) seconds before the next message/)
    await openSheet(ada, 'Group settings')
    expect(await slow.inputValue()).toBe('30 seconds')
  })

  it('include what the assistant has used, for moderators', async () => {
    const ada = await visitor()
    await ada.create('Launch week', 'Ada')
    await ada.say('@assistant help')
    await ada.sees('I am Assistant')
    const usage = await openSheet(ada, 'Usage')
    const newest = usage.getByRole('table', { name: 'Newest replies' })
    await newest.getByRole('row').filter({ hasText: 'this server' }).waitFor()
    expect(await newest.getByRole('row').count()).toBe(2)
  })
})

describe('中文', () => {
  it('runs the whole panel', async () => {
    const wu = await visitor({ locale: 'zh-CN' })
    await wu.create('发布周', '老吴')
    const ben = await visitor()
    await ben.join(await wu.invite(), 'Ben')
    await wu.panel.getByRole('button', { name: '对 Ben 的操作' }).click()
    await wu.panel.getByRole('button', { name: '禁言 1小时' }).click()
    await wu.panel.getByText(/禁言至/).waitFor()
    await wu.reads(/你将 Ben 禁言至/)
    await wu.panel.getByRole('button', { name: '对 Ben 的操作' }).click()
    await wu.panel.getByRole('button', { name: '设为管理员' }).click()
    await wu.reads('你把 Ben 设为管理员')
    await ben.reads('老吴 made you a moderator')
    await wu.panel.getByRole('button', { name: '对 Ben 的操作' }).click()
    await wu.panel.getByRole('button', { name: '移出群组' }).click()
    await wu.reads('你把 Ben 移出了群组')
    await ben.page.getByText('You are no longer a member of this group').waitFor()
    await wu.panel.getByRole('button', { name: '退出群组' }).click()
    await wu.panel.getByRole('button', { name: '退出群组' }).click()
    await wu.panel.getByText('请先把群主转让给别人').waitFor()
    expect(await wu.panel.getByRole('listitem').filter({ hasText: 'Ben' }).count()).toBe(0)
  })
})

describe('a phone', () => {
  it('has room for every sheet', async () => {
    const { ada } = await meet()
    const wu = await visitor({ ...PHONE, locale: 'zh-CN' })
    await wu.join(await ada.invite(), '名字很长的老吴'.repeat(4))
    await ada.act('名字很长的老吴'.repeat(4), 'Make moderator')
    const { page } = wu
    const fits = async () => expect(await wu.overflow()).toBeLessThanOrEqual(0)
    const people = page.getByRole('dialog', { name: '成员' })
    const openPeople = async () => {
      await page.getByRole('button', { name: '成员', exact: true }).tap()
      await people.getByRole('button', { name: '群设置' }).waitFor()
    }
    await wu.button('invite').tap()
    await page.getByRole('img', { name: '邀请链接的二维码' }).waitFor()
    await fits()
    await page.getByRole('button', { name: '关闭' }).tap()
    await openPeople()
    await people.getByRole('button', { name: '对 Ben 的操作' }).tap()
    await people.getByRole('button', { name: '封禁' }).waitFor()
    await fits()
    await people.getByRole('button', { name: '群设置' }).tap()
    await page.getByRole('combobox', { name: '慢速模式' }).waitFor()
    await fits()
    await page.getByRole('button', { name: '关闭' }).tap()
    await openPeople()
    await people.getByRole('button', { name: '用量' }).tap()
    await page.getByRole('heading', { name: '最近的回答' }).waitFor()
    await fits()
  })
})
