// The dictionary of the zh segmenter finds Chinese words and splits Latin script at its spaces.
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })

const HAN = /\p{sc=Han}/u
const URL_PATTERN = /https?:\/\/\S+/gi

// Words that say how something is asked or said, not what about.
const STOP_WORDS = new Set(
  (
    'a an the and or but if so as at by for from in into of on onto to up with about over out off than then ' +
    'i me my mine we us our ours you your yours he him his she her hers it its they them their this that ' +
    'these those there here be am is are was were been being do does did done have has had having will would ' +
    "shall should can could may might must not no yes ok okay don't i'm it's let's what's who's where's when's i'll " +
    'who whom whose what which when where why how anyone anybody someone somebody everyone everybody ' +
    'find search look looking show tell say said says mention mentioned know knows remember recall please ' +
    'hi hello hey thanks thank lol haha hahaha hmm just also too very really some any all again still yet ' +
    'http https www summarize summarise summary recap anything something thing things ' +
    '的 了 是 我 你 您 他 她 它 我们 你们 他们 大家 咱们 在 有 和 与 或 就 都 也 还 又 很 不 没 没有 吗 呢 吧 啊 哦 嗯 呀 ' +
    '么 什么 怎么 怎样 怎么样 如何 为什么 为何 哪 哪里 哪儿 哪个 哪些 谁 多少 几 几点 何时 时候 什么时候 多久 一下 一个 ' +
    '一些 这 那 这个 那个 这些 那些 这里 那里 请 请问 帮 帮忙 帮我 给 把 被 要 会 能 可以 应该 告诉 知道 说 说过 讲 提 ' +
    '提到 过 关于 有关 找 找到 查 查找 查询 搜 搜索 找找 看看 之前 以前 曾经 有人 有没有 群 群里 上次 最近 好 好的 对 ' +
    '哈哈 哈哈哈 谢谢 你好 总结 汇总 概括 是不是 到 去 来 上 下 里 中 跟 让 用 从 向 得 地 着'
  ).split(' '),
)

/** A text as words are compared: width, case and compatibility forms evened out. */
export function normalize(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('’', "'")
}

/**
 * The words of a text that carry its meaning, each once, as they stand in every inflected form of
 * them: English ones lose their endings, so that plain substring search finds their relatives.
 */
export function contentWords(text: string): readonly string[] {
  const words = new Set<string>()
  let single = ''
  // Single characters in a row are mostly a name that the dictionary does not know; alone they say little.
  const flush = () => {
    if (Array.from(single).length > 1) words.add(single)
    single = ''
  }
  for (const { segment, isWordLike } of segmenter.segment(normalize(text))) {
    const isHan = HAN.test(segment)
    const isSingle = isHan && Array.from(segment).length === 1
    if (!isWordLike || STOP_WORDS.has(segment)) flush()
    else if (isSingle) single += segment
    else {
      flush()
      const word = isHan ? segment : toStem(segment)
      if (word.length > 1 || /\d/.test(word)) words.add(word)
    }
  }
  flush()
  return [...words]
}

/** A text without the links in it. */
export function withoutUrls(text: string): string {
  return text.replaceAll(URL_PATTERN, ' ')
}

/** Whether a text holds a link. */
export function hasUrl(text: string): boolean {
  return text.search(URL_PATTERN) >= 0
}

/** A way to ask whether a text holds a content word. */
export function wordFinder(text: string): (word: string) => boolean {
  const normalized = normalize(text)
  const words = new Set(contentWords(text))
  // Chinese words run into each other, so they are looked for as they are; "art" is not in "start".
  return (word) => (HAN.test(word) ? normalized.includes(word) : words.has(word))
}

// Endings are only cut off, never exchanged: what remains must be a piece of the written word.
function toStem(word: string): string {
  const bare = word.replace(/'s?$/, '')
  const stem = bare.replace(/(?<=[a-z]{4})(?:ing|ed|es|e)$|(?<=[a-z]{2}[^s])s$/, '')
  return stem.length >= 3 ? stem : bare
}
