import { expect, it } from 'vitest'

import { runChaos } from '../support/chaos.ts'

it('[P6] keeps every promise through five kills', { timeout: 120_000 }, async () => {
  const seed = Date.now() % 1_000_000
  const result = await runChaos({ kills: 5, seconds: 15, writers: 4, seed })
  expect(result, `seed ${seed}`).toMatchObject({
    lost: 0,
    moved: 0,
    twice: 0,
    holes: 0,
    changed: 0,
    overtaken: 0,
    resets: 0,
    diverged: 0,
    examples: [],
  })
  expect(result.acked).toBeGreaterThan(100)
})
