import type { Language } from '../ask.ts'

/**
 * Every sentence that the embedded responder can say by itself. What stands in braces is filled with
 * a name, a number or words from the transcript; `quote*` are the only ones that carry what people
 * wrote, and always with the seq of the line.
 */
export const PHRASES = {
  en: {
    hello: 'Hello {name}!',
    offer: 'Mention me to search what was said here, or to sum it up.',
    who: 'I am {assistant}, the assistant of this group.',
    canSearch: 'Mention me with “find” and some words, and I look for the lines that have them.',
    canSummarize:
      'Mention me with “summarize”, and I pick out decisions, tasks, questions and links.',
    canAsk: 'Mention me with a question, and I answer it as well as I can.',
    honesty: 'What I quote was written here, word for word; the number leads to its line.',
    found: 'Found in this group:',
    notFound: 'I found nothing about that in this group’s recent lines.',
    noWords: 'Tell me which words to look for.',
    saidEarlier: 'The group said this earlier:',
    nothingToSummarize: 'There is nothing to sum up yet.',
    overview: 'Lines read: {lines}. People who wrote them: {people}.',
    decisions: 'Decisions:',
    tasks: 'Tasks:',
    questions: 'Questions that may still be open:',
    links: 'Links:',
    highlights: 'Also said:',
    noModel:
      'No model is connected here, so I can only quote this group: set MODEL_BASE_URL, MODEL_NAME and MODEL_API_KEY (see README).',
    modelAway:
      'My model can’t be reached right now, so I can only quote this group; please ask again later.',
    modelDeclined: 'My model declined to answer that.',
    quote: '“{quote}” — {name}, #{seq}',
    quoteStart: '“{quote}”… — {name}, #{seq}',
    quoteMiddle: '…“{quote}”… — {name}, #{seq}',
    quoteEnd: '…“{quote}” — {name}, #{seq}',
  },
  zh: {
    hello: '{name}，你好！',
    offer: '提到我，就可以查找这里说过的话，或者让我总结。',
    who: '我是 {assistant}，本群的助手。',
    canSearch: '提到我并写上“查找”和关键词，我会找出含有这些词的发言。',
    canSummarize: '提到我并写上“总结”，我会挑出决定、待办、问题和链接。',
    canAsk: '提到我并提出问题，我会尽力回答。',
    honesty: '我引用的都是群里的原话，一字不改；编号指向那条发言。',
    found: '在本群找到：',
    notFound: '在本群最近的发言里没有找到相关内容。',
    noWords: '请告诉我要查找哪些词。',
    saidEarlier: '群里之前说过：',
    nothingToSummarize: '目前还没有可以总结的内容。',
    overview: '已读发言：{lines} 条。参与者：{people} 人。',
    decisions: '决定：',
    tasks: '待办：',
    questions: '可能还没有答复的问题：',
    links: '链接：',
    highlights: '此外：',
    noModel:
      '这里还没有接入模型，我只能引用群里的原话：请设置 MODEL_BASE_URL、MODEL_NAME 和 MODEL_API_KEY（见 README）。',
    modelAway: '模型暂时无法连接，我只能引用群里的原话，请稍后再问。',
    modelDeclined: '模型拒绝回答这个问题。',
    quote: '“{quote}”——{name}，#{seq}',
    quoteStart: '“{quote}”……——{name}，#{seq}',
    quoteMiddle: '……“{quote}”……——{name}，#{seq}',
    quoteEnd: '……“{quote}”——{name}，#{seq}',
  },
} as const

/** The name of a sentence; the compiler sees to it that every language has all of them. */
export type PhraseKey = keyof (typeof PHRASES)[Language]

/** A sentence with its braces filled. */
export function phrase(
  language: Language,
  key: PhraseKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  // One pass, so that a brace inside a value stays what somebody wrote.
  return PHRASES[language][key].replaceAll(/\{(\w+)\}/g, (_, slot: string) =>
    String(values[slot] ?? ''),
  )
}
