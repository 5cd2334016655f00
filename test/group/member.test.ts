import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

/** Joins one group after the other, a moment apart. */
async function joinAll(name: string, groups: readonly string[]): Promise<void> {
  for (const group of groups) {
    await env.MEMBERS.getByName(name).joined(group, 1)
    vi.setSystemTime(Date.now() + 1)
  }
}

describe('a member', () => {
  it('knows their groups, the one joined last first', async () => {
    await joinAll('m_ada', ['g_b', 'g_a', 'g_c'])
    expect(await env.MEMBERS.getByName('m_ada').groups()).toEqual(['g_c', 'g_a', 'g_b'])
  })

  it('forgets a group they left, and can come back', async () => {
    const ben = env.MEMBERS.getByName('m_ben')
    await ben.joined('g_a', 1)
    await ben.left('g_a', 5)
    expect(await ben.groups()).toEqual([])
    await ben.joined('g_a', 9)
    expect(await ben.groups()).toEqual(['g_a'])
  })

  it.each([
    [
      'a report that comes twice',
      [
        ['joined', 3],
        ['joined', 3],
      ],
      true,
    ],
    [
      'an old joining after the leaving',
      [
        ['left', 5],
        ['joined', 3],
      ],
      false,
    ],
    [
      'an old leaving after the joining',
      [
        ['joined', 5],
        ['left', 3],
      ],
      true,
    ],
    [
      'two reports of one version: the first',
      [
        ['joined', 5],
        ['left', 5],
      ],
      true,
    ],
    ['the leaving alone', [['left', 5]], false],
    [
      'the end of a group',
      [
        ['joined', 5],
        ['left', Number.MAX_SAFE_INTEGER],
        ['joined', 9],
      ],
      false,
    ],
  ] as const)('is not confused by %s', async (name, reports, isIn) => {
    const member = env.MEMBERS.getByName(name)
    for (const [report, version] of reports) await member[report]('g_a', version)
    expect(await member.groups()).toEqual(isIn ? ['g_a'] : [])
  })

  it('that is only asked about stores nothing', async () => {
    const nobody = env.MEMBERS.getByName('m_nobody')
    expect(await nobody.groups()).toEqual([])
    const tables = await runInDurableObject(nobody, (_, { storage }) =>
      storage.sql
        .exec(`SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'`)
        .toArray(),
    )
    expect(tables).toEqual([])
  })

  it('is there after an eviction, without an alarm', async () => {
    await joinAll('m_eve', ['g_a'])
    await evictDurableObject(env.MEMBERS.getByName('m_eve'))
    const eve = env.MEMBERS.getByName('m_eve')
    expect(await eve.groups()).toEqual(['g_a'])
    const alarm = await runInDurableObject(eve, async (_, { storage }) => storage.getAlarm())
    expect(alarm).toBeNull()
  })
})
