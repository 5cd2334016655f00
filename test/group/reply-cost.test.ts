import { expect, test } from 'vitest'

import { costOf } from '../../src/group/reply-cost.ts'
import type { Ending } from '../../src/group/reply-cost.ts'

const ENDING = {
  reply: 3,
  question: { trigger: 2, asker: 'm_ada' },
  status: 'complete',
  text: 'four tokens here',
  shown: 'four tokens here',
  source: 'model',
  isPerhapsSecond: false,
} as const satisfies Ending

const USAGE = { inputTokens: 100, outputTokens: 30 }

// What is set aside for a second call begins with what the first had cost.
const FIRST = { inputTokens: 90, outputTokens: 2_048 }
const BOTH = { inputTokens: 91 + 90, outputTokens: 2_048 }
const SECOND = { earlierTokens: 91, isPerhapsSecond: true }

test.each<readonly [string, Partial<Ending>, typeof FIRST, object]>([
  ['as reported', { usage: USAGE }, FIRST, { inputTokens: 100, outputTokens: 30 }],
  ['by estimate', {}, FIRST, { inputTokens: 90, outputTokens: 4, estimated: true }],
  ['for no call', { shown: undefined, text: '' }, FIRST, { replies: 0, inputTokens: 0 }],
  ['for no model', { source: 'local' }, FIRST, { replies: 1, inputTokens: 0, outputTokens: 0 }],
  ['twice, as reported', { ...SECOND, usage: USAGE }, BOTH, { inputTokens: 191, estimated: true }],
  ['twice, by estimate', SECOND, BOTH, { inputTokens: 181, outputTokens: 4 }],
  ['for the first call alone', { ...SECOND, shown: undefined }, BOTH, { inputTokens: 91 }],
  ['for the first, then no model', { ...SECOND, source: 'local' }, BOTH, { inputTokens: 91 }],
])('a reply is charged %s', (_, more, reserved, cost) => {
  expect(costOf({ ...ENDING, ...more }, reserved)).toMatchObject(cost)
})
