import { expect, it, test } from 'vitest'

import { contentWords, wordFinder } from '../../../src/model/embedded/words.ts'

test.each([
  ['When is the next launch?', ['next', 'launch']],
  ['Releases were released, release!', ['releas']],
  ['What’s the Wi-Fi password of Bo’s room?', ['wi', 'fi', 'password', 'bo', 'room']],
  ['see https://example.com/launch now', ['see', 'example.com', 'launch', 'now']],
  ['ＦＵＬＬ width v2', ['full', 'width', 'v2']],
  ['我们什么时候发布新版本？', ['发布', '版本']],
  ['会议室在三楼', ['会议', '三楼']],
  ['小明 负责 API 文档', ['小明', '负责', 'api', '文档']],
  ['哈哈哈，好的！', []],
])('finds the words that carry the meaning of %j', (text, words) => {
  expect(contentWords(text)).toEqual(words)
})

it('cuts English words so that they are still found as pieces of the written ones', () => {
  const text = 'Releases deployed meetings parties notes planning addresses'
  for (const word of contentWords(text)) expect(text.toLowerCase()).toContain(word)
})

it('finds Chinese words inside of others, English ones only whole', () => {
  const has = wordFinder('下午的会议室 started')
  expect(has('议室')).toBe(true)
  expect(has('art')).toBe(false)
  expect(has('start')).toBe(true)
})
