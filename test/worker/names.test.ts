import * as v from 'valibot'
import { expect, it } from 'vitest'

import { Name } from '../../src/worker/names.ts'

it.each([
  ['Ada', 'Ada'],
  ['  Ada \t\n Lovelace ', 'Ada Lovelace'],
  ['圆桌', '圆桌'],
  ['é', 'é'],
  ['A\u0000d\u0007a', 'Ada'],
  ['Ad\u200Ba\u202E', 'Ada'],
  ['👩‍👩‍👧', '👩‍👩‍👧'],
  ['a\uD800b', 'a\uFFFDb'],
  ['x'.repeat(64), 'x'.repeat(64)],
  ['🦊'.repeat(64), '🦊'.repeat(64)],
  [` ${'x'.repeat(64)} `, 'x'.repeat(64)],
])('keeps the name %j as %j', (raw, kept) => {
  expect(v.parse(Name, raw)).toBe(kept)
})

it.each([
  '',
  '   ',
  '\u0000\u200B',
  '\u3164',
  '\u200D',
  'x'.repeat(65),
  '🦊'.repeat(65),
  7,
  null,
  ['Ada'],
])('does not take %j for a name', (raw) => {
  expect(v.is(Name, raw)).toBe(false)
})
