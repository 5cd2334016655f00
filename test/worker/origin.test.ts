import { expect, it } from 'vitest'

import { isAllowedOrigin } from '../../src/worker/origin.ts'

const OWN = 'https://parley.example'
const LISTED =
  'https://chat.example:8443, http://localhost:5173/ ,HTTPS://Shout.Example,https://圆桌.example,*,null,'

it.each([
  OWN,
  'https://chat.example:8443',
  'http://localhost:5173',
  'https://shout.example',
  'https://xn--4csw51b.example',
])('lets pages of %j in', (origin) => {
  expect(isAllowedOrigin(origin, OWN, LISTED)).toBe(true)
})

it.each([
  ['another scheme', 'http://parley.example'],
  ['another port', 'https://parley.example:8443'],
  ['the default port spelled out', 'https://parley.example:443'],
  ['a listed host without its port', 'https://chat.example'],
  ['a host below', 'https://evil.parley.example'],
  ['a host that begins alike', 'https://parley.example.evil.test'],
  ['a host that ends alike', 'https://notparley.example'],
  ['a name before an @', 'https://parley.example@evil.test'],
  ['capitals, which no browser sends', 'https://PARLEY.example'],
  ['a trailing slash', 'https://parley.example/'],
  ['a path', 'https://parley.example/g/1'],
  ['a trailing dot', 'https://parley.example.'],
  ['two at once', 'https://parley.example, https://evil.test'],
  ['a sandbox', 'null'],
  ['an entry that is no origin', '*'],
  ['an empty header', ''],
  ['a file', 'file://'],
  ['an extension', 'chrome-extension://abcdefgh'],
  ['a loopback of another name', 'http://127.0.0.1:5173'],
  ['letters that look alike', 'https://pаrley.example'],
  ['an IDN that is not in its ASCII form', 'https://圆桌.example'],
])('turns away %s: %j', (_, origin) => {
  expect(isAllowedOrigin(origin, OWN, LISTED)).toBe(false)
})

it('allows only our own pages where no list is given', () => {
  expect(isAllowedOrigin(OWN, OWN, undefined)).toBe(true)
  expect(isAllowedOrigin('https://chat.example:8443', OWN, undefined)).toBe(false)
})

it('never allows `null`, even where an entry of the list has that origin', () => {
  expect(isAllowedOrigin('null', OWN, 'file:///app/index.html')).toBe(false)
})
