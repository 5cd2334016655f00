import type { Turn } from '../../src/pipeline/turn.ts'
import { DEFAULT_SETTINGS } from '../../src/protocol/events.ts'

/** A turn as a test needs it: a message of Ada's in a group of three. */
export function turnOf(text: string, more: Partial<Turn> = {}): Turn {
  return {
    kind: 'say',
    id: 'i',
    from: 'm_ada',
    fromName: 'Ada',
    settings: { ...DEFAULT_SETTINGS, assistantName: 'Sage' },
    original: text,
    attachments: [],
    answersAssistant: false,
    isMember: (id) => ['m_ada', 'm_bo', 'm_cy'].includes(id),
    acknowledge: () => {},
    text,
    mentions: [],
    removed: 0,
    masked: 0,
    faults: [],
    ...more,
  }
}
