import { describe, expect, it, test } from 'vitest'

import { actsOn } from '../../src/client/room/acts.ts'
import { patchBetween } from '../../src/client/room/settings-patch.ts'
import type { Role } from '../../src/protocol/events.ts'
import { DEFAULT_SETTINGS } from '../../src/protocol/events.ts'

function acts(by: Role, on: Role, isMuted = false): string {
  const person = { id: 'm_ben', name: 'Ben', role: on, state: 'active', mutedUntil: 0 } as const
  return actsOn(by, person, isMuted)
    .map((act) => (act.is === 'make' ? act.role : act.is))
    .join(' ')
}

describe('[P23] the acts that one is offered', () => {
  test.each([
    ['owner', 'member', 'mute mute mute moderator guest transfer remove ban'],
    ['owner', 'moderator', 'mute mute mute member guest transfer remove ban'],
    ['moderator', 'member', 'mute mute mute guest remove ban'],
    ['moderator', 'guest', 'mute mute mute member remove ban'],
    ['moderator', 'moderator', ''],
    ['moderator', 'owner', ''],
    ['member', 'guest', ''],
    ['guest', 'guest', ''],
  ] as const)('by %s on %s: %s', (by, on, expected) => {
    expect(acts(by, on)).toBe(expected)
  })

  it('end a mute where there is one', () => {
    expect(acts('moderator', 'member', true)).toBe('unmute guest remove ban')
  })
})

describe('a change of settings', () => {
  const before = { title: 'Lobby', ...DEFAULT_SETTINGS }

  it('sends only what was changed', () => {
    expect(patchBetween(before, { ...before, slowModeSeconds: 30 })).toEqual({
      settings: { slowModeSeconds: 30 },
    })
    expect(patchBetween(before, { ...before, title: 'Hall' })).toEqual({ title: 'Hall' })
  })

  it('is none where nothing was', () => {
    expect(patchBetween(before, { ...before })).toBeNull()
  })
})
