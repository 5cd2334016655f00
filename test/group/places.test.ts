import { expect, it } from 'vitest'

import { Places } from '../../src/group/places.ts'

/** Someone who wants a place: whether they have one, and how they go. */
function guest(places: Places) {
  const stop = new AbortController()
  const stay = Promise.withResolvers<string>()
  const seen = { isIn: false }
  const done = places.during(stop.signal, async () => {
    seen.isIn = true
    return stay.promise
  })
  return { seen, stop, done, leaves: () => stay.resolve('done') }
}

it('gives places away in the order in which they were asked for', async () => {
  const places = new Places(1)
  const [first, second, third] = [guest(places), guest(places), guest(places)]
  first.leaves()
  expect(await first.done).toBe('done')
  second.leaves()
  await second.done
  third.leaves()
  expect(await third.done).toBe('done')
})

it('passes no place on for who gives up waiting', async () => {
  const places = new Places(1)
  const [first, second, third] = [guest(places), guest(places), guest(places)]
  second.stop.abort('enough')
  await expect(second.done).rejects.toBe('enough')
  expect([second.seen.isIn, third.seen.isIn]).toEqual([false, false])
  first.leaves()
  third.leaves()
  await third.done
  expect(third.seen.isIn).toBe(true)
})

it('passes the place on of who gives up in the moment of getting it', async () => {
  const places = new Places(1)
  const [first, second, third] = [guest(places), guest(places), guest(places)]
  first.leaves()
  await first.done
  second.stop.abort('enough')
  third.leaves()
  second.leaves()
  await Promise.allSettled([second.done])
  expect(await third.done).toBe('done')
})

it('has its place back from work that fails', async () => {
  const places = new Places(1)
  const { signal } = new AbortController()
  const failing = places.during(signal, async () => Promise.reject(new Error('broken')))
  await expect(failing).rejects.toThrow('broken')
  expect(await places.during(signal, async () => 'next')).toBe('next')
})
