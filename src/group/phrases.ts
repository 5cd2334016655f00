import type { Intent, Language } from '../model/ask.ts'
import type { Address, Quiet, Verdict } from '../pipeline/turn.ts'
import type { ReplySource, ReplyStatus } from '../protocol/events.ts'
import type { QuotaStanding, Shortage } from './quotas.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Everything that the group itself says to people, in both languages. */
export interface Phrases {
  readonly help: string
  /** Why one is not answered now, and how long that lasts. */
  readonly declined: (scope: Shortage['scope'], waitMs: number) => string
  readonly quota: (standing: QuotaStanding) => string
  readonly whyNothing: string
  readonly whyQuiet: Readonly<Record<Quiet, string>>
  readonly whySpoke: Readonly<Record<Address | 'again', string>>
  readonly spoke: string
  readonly removed: (count: number) => string
  readonly masked: (count: number) => string
  readonly clean: string
  readonly verdict: Readonly<Record<Verdict['kind'], string>>
  readonly intent: (intent: Intent) => string
  readonly answers: (reply: number, trigger: number) => string
  readonly ended: Readonly<Record<ReplyStatus, string>>
  readonly writing: string
  readonly source: Readonly<Record<ReplySource, string>>
}

function waitInEnglish(ms: number): string {
  if (ms < 2 * MINUTE_MS) return `${Math.ceil(ms / 1_000)} s`
  return ms < 2 * HOUR_MS ? `${Math.ceil(ms / MINUTE_MS)} min` : `${Math.ceil(ms / HOUR_MS)} h`
}

function waitInChinese(ms: number): string {
  if (ms < 2 * MINUTE_MS) return ` ${Math.ceil(ms / 1_000)} 秒`
  return ms < 2 * HOUR_MS
    ? ` ${Math.ceil(ms / MINUTE_MS)} 分钟`
    : ` ${Math.ceil(ms / HOUR_MS)} 小时`
}

const en: Phrases = {
  help: [
    'Write to everyone; write @assistant (or the assistant’s name) to be answered.',
    '/help – this list, for you only',
    '/why – what happened to the last message, and why the assistant spoke or kept quiet',
    '/why 132 – the same for message #132',
    '/quota – how many replies you and this group have used',
    '// at the beginning says a text that begins with a slash.',
  ].join('\n'),
  declined: (scope, waitMs) => {
    const wait = waitInEnglish(waitMs)
    switch (scope) {
      case 'minute':
        return `You have asked a lot in this minute; the assistant answers you again in ${wait}.`
      case 'hour':
        return `Your replies of this hour are used up; the assistant answers you again in ${wait}.`
      case 'day':
        return `This group’s replies of today are used up; the assistant answers again in ${wait}.`
      case 'deployment':
        return `This server’s replies of today are used up; the assistant answers again in ${wait}.`
      case 'unreachable':
        return 'The assistant could not be asked just now. Please ask again in a moment.'
    }
  },
  quota: ({ limits, hour, day }) =>
    [
      `You, this hour: ${hour.replies} of ${limits.memberRepliesPerHour} replies, ${hour.tokens} of ${limits.memberTokensPerHour} tokens.`,
      `This group, today (UTC): ${day.replies} of ${limits.groupRepliesPerDay} replies, ${day.tokens} of ${limits.groupTokensPerDay} tokens.`,
    ].join('\n'),
  whyNothing: 'There is no such message here.',
  whyQuiet: {
    not_addressed: 'The assistant kept quiet: nobody addressed it.',
    mode_off: 'The assistant kept quiet: in this group it never speaks.',
    edited: 'The assistant kept quiet: it does not answer edits.',
    retracted: 'The assistant kept quiet: the message was taken back by moderation.',
    too_many_replies: 'The assistant kept quiet: its author had asked too often in that minute.',
    hour_quota: 'The assistant kept quiet: its author’s replies of that hour were used up.',
    day_quota: 'The assistant kept quiet: the group’s replies of that day were used up.',
    deployment_quota: 'The assistant kept quiet: the server’s replies of that day were used up.',
    purse_unreachable: 'The assistant kept quiet: what replies may cost could not be found out.',
  },
  whySpoke: {
    mention: 'The assistant spoke because it was mentioned.',
    reply: 'The assistant spoke because the message answers one of its replies.',
    again: 'The assistant spoke because it was asked to answer again.',
  },
  spoke: 'The assistant was addressed.',
  removed: (count) => `Characters removed because they cannot be seen: ${count}.`,
  masked: (count) => `Words masked: ${count}.`,
  clean: 'Nothing was removed or masked.',
  verdict: {
    allow: 'Moderation found nothing.',
    unjudged: 'No remote moderation looked at it.',
    retract: 'Moderation took it back.',
  },
  intent: (intent) => `Understood as: ${intent}.`,
  answers: (reply, trigger) => `#${reply} answers #${trigger}.`,
  ended: {
    complete: 'It is complete.',
    stopped: 'It was stopped.',
    interrupted: 'It was interrupted.',
    failed: 'It failed.',
    filtered: 'The endpoint’s filter cut it.',
    withdrawn: 'It was withdrawn with its question.',
  },
  writing: 'It is being written.',
  source: {
    model: 'A model wrote it.',
    cache: 'It came from the cache.',
    local: 'The built-in responder wrote it, without a model.',
  },
}

const zh: Phrases = {
  help: [
    '直接写给大家；写 @助手（或助手的名字）就会得到回答。',
    '/help – 这份说明，只有你看得到',
    '/why – 上一条消息经过了什么，助手为什么开口或不开口',
    '/why 132 – 查看第 132 条消息',
    '/quota – 你和本群已经用了多少次回答',
    '以 // 开头，可以发送以斜杠开头的文字。',
  ].join('\n'),
  declined: (scope, waitMs) => {
    const wait = waitInChinese(waitMs)
    switch (scope) {
      case 'minute':
        return `你这一分钟问得太多了，助手将在${wait}后再回答你。`
      case 'hour':
        return `你这个小时的回答次数已用完，助手将在${wait}后再回答你。`
      case 'day':
        return `本群今天的回答次数已用完，助手将在${wait}后再回答。`
      case 'deployment':
        return `这台服务器今天的回答次数已用完，助手将在${wait}后再回答。`
      case 'unreachable':
        return '现在问不到助手，请稍后再问一次。'
    }
  },
  quota: ({ limits, hour, day }) =>
    [
      `你这个小时：回答 ${hour.replies} / ${limits.memberRepliesPerHour} 次，词元 ${hour.tokens} / ${limits.memberTokensPerHour}。`,
      `本群今天（UTC）：回答 ${day.replies} / ${limits.groupRepliesPerDay} 次，词元 ${day.tokens} / ${limits.groupTokensPerDay}。`,
    ].join('\n'),
  whyNothing: '这里没有这条消息。',
  whyQuiet: {
    not_addressed: '助手没有开口：没有人叫它。',
    mode_off: '助手没有开口：本群设为从不发言。',
    edited: '助手没有开口：它不回答编辑后的内容。',
    retracted: '助手没有开口：这条消息被审核撤下。',
    too_many_replies: '助手没有开口：作者在那一分钟里问得太多。',
    hour_quota: '助手没有开口：作者那个小时的回答次数已用完。',
    day_quota: '助手没有开口：本群那天的回答次数已用完。',
    deployment_quota: '助手没有开口：服务器那天的回答次数已用完。',
    purse_unreachable: '助手没有开口：当时无法确认还能回答多少。',
  },
  whySpoke: {
    mention: '助手开口，因为有人提到它。',
    reply: '助手开口，因为这条消息回复了它的回答。',
    again: '助手开口，因为有人请它再答一次。',
  },
  spoke: '有人叫了助手。',
  removed: (count) => `去掉了 ${count} 个看不见的字符。`,
  masked: (count) => `遮盖了 ${count} 个词。`,
  clean: '没有去掉或遮盖任何内容。',
  verdict: {
    allow: '审核没有发现问题。',
    unjudged: '没有经过远程审核。',
    retract: '审核撤下了它。',
  },
  intent: (intent) => `理解为：${INTENTS_ZH[intent]}。`,
  answers: (reply, trigger) => `#${reply} 回答 #${trigger}。`,
  ended: {
    complete: '回答完整。',
    stopped: '回答被停止。',
    interrupted: '回答中断了。',
    failed: '回答失败了。',
    filtered: '回答被模型端的过滤器截断。',
    withdrawn: '回答随问题一起撤回。',
  },
  writing: '正在书写。',
  source: {
    model: '由模型写成。',
    cache: '来自缓存。',
    local: '由内置应答器写成，没有用模型。',
  },
}

const INTENTS_ZH: Readonly<Record<Intent, string>> = {
  greet: '问候',
  help: '求助',
  search: '查找',
  summarize: '总结',
  ask: '提问',
}

const PHRASES: Readonly<Record<Language, Phrases>> = { en, zh }

export function phrases(language: Language): Phrases {
  return PHRASES[language]
}

/** The language a text is written in: Chinese as soon as it holds a Han character. */
export function languageOf(text: string): Language {
  return /\p{Script=Han}/u.test(text) ? 'zh' : 'en'
}
