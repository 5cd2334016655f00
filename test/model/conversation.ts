import type { Ask, Intent, Language, Line, Transcript } from '../../src/model/ask.ts'

/**
 * A question in a conversation, for tests: the lines before it are written `Name: text` and numbered
 * from 1; `assistant: text` is one of its own.
 */
export function askIn(
  lines: readonly string[],
  question: string,
  options: { readonly intent?: Intent; readonly language?: Language; readonly name?: string } = {},
): Ask {
  const spoken = [...lines, question].map(toLine)
  const asked = spoken.at(-1)
  if (!asked) throw new Error('a conversation ends with a question')
  return {
    question: asked,
    intent: options.intent ?? 'ask',
    language: options.language ?? 'en',
    groupTitle: 'Garden club',
    assistantName: options.name ?? 'Assistant',
    transcript: transcriptOf(spoken),
  }
}

/** A line as a transcript holds it, at place `at`. */
export function toLine(spoken: string, at: number): Line {
  const [, name = '', text = ''] = /^([^:]*): ?([\s\S]*)$/.exec(spoken) ?? []
  const from = name === 'assistant' ? name : `u_${name.toLowerCase()}`
  return { seq: at + 1, at: 1_790_000_000_000 + at * 60_000, from, name, text }
}

/** A transcript that finds substrings without regard to case, as the group's own does. */
export function transcriptOf(lines: readonly Line[]): Transcript {
  const before = (seq: number) => lines.filter((line) => line.seq < seq)
  return {
    recent: (seq, count) => before(seq).slice(-count),
    search: (seq, words, count) =>
      before(seq)
        .filter(({ text }) => words.some((word) => text.toLowerCase().includes(word)))
        .toReversed()
        .slice(0, count),
  }
}

/** Where a test's answer goes: its pieces, its text, and how to stop it. */
export function listen() {
  const controller = new AbortController()
  const pieces: string[] = []
  const waiting: (() => void)[] = []
  return {
    signal: controller.signal,
    pieces,
    get text() {
      return pieces.join('')
    },
    onText(text: string) {
      pieces.push(text)
      for (const resolve of waiting.splice(0)) resolve()
    },
    stop: (reason: unknown) => controller.abort(reason),
    /** Resolves with the next piece. */
    nextPiece: () => new Promise<void>((resolve) => waiting.push(resolve)),
  }
}

/** A morning in a group. */
export const ENGLISH = [
  'Ada: Good morning!',
  'Bo: The launch is on Friday at 10:30, in the big hall.',
  'Cy: haha nice',
  'Ada: We decided to use the blue logo for the website.',
  'Bo: When is the launch?',
  'assistant: The group said this earlier: the launch is on Friday.',
  'Cy: I will write the press release before Thursday.',
  'Ada: Slides are at https://slides.example/launch',
  'Dee: Who pays for the catering at the party?',
  'Bo: The garage code is 4711',
]

/** The same morning in Chinese. */
export const CHINESE = [
  '小明: 早上好！',
  '小红: 发布会定在周五上午十点，会议室在三楼。',
  '小刚: 哈哈哈',
  '小明: 我们决定采用蓝色的标志。',
  '小红: 发布会是什么时候？',
  'assistant: 发布会在周五。',
  '小刚: 我来写新闻稿，周四之前完成。',
  '小明: 幻灯片在 https://slides.example/launch',
  '小丽: 聚餐的预算谁来批准？',
  '小红: 车库密码是 4711',
]
