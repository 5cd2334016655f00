import { expect, it } from 'vitest'

import { Places } from '../../src/group/places.ts'

it('gives no place away that somebody only waited for', async () => {
  const places = new Places(1)
  const [calm, gone] = [new AbortController(), new AbortController()]
  let isIn = false
  await places.take(calm.signal)
  const waiting = places.take(gone.signal)
  const next = places.take(calm.signal).then(() => (isIn = true))
  gone.abort()
  await expect(waiting).rejects.toThrow('abort')
  places.leave()
  await new Promise((resolve) => setTimeout(resolve))
  expect(isIn).toBe(false)
  places.leave()
  expect(await next).toBe(true)
})
