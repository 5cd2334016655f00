import { pathTo } from '../shell/api.ts'
import { get, listOf, numberOf, textOf, toFields } from '../shell/http.ts'

/** What the assistant's replies in a group have used, and what they may. */
export interface Ledger {
  readonly limits: {
    readonly groupRepliesPerDay: number
    readonly groupTokensPerDay: number
    readonly memberRepliesPerHour: number
    readonly memberTokensPerHour: number
  }
  readonly today: { readonly replies: number; readonly tokens: number; readonly resetsAt: number }
  readonly members: readonly Share[]
  readonly entries: readonly LedgerEntry[]
  readonly more: boolean
}

/** One member's part of today. */
export interface Share {
  readonly id: string
  readonly name: string
  readonly replies: number
  readonly tokens: number
}

/** One reply. */
export interface LedgerEntry {
  readonly reply: number
  readonly to: string
  readonly at: number
  readonly status: string
  readonly source: string
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** The model did not say what it used, so the server reckoned. */
  readonly estimated: boolean
}

const PAGE_ENTRIES = 20

/** Reads a group's ledger, newest replies first; `before` goes on where a page ended. */
export function fetchLedger(group: string, before?: number): Promise<Ledger> {
  const query = new URLSearchParams({ limit: String(PAGE_ENTRIES) })
  if (before !== undefined) query.set('before', String(before))
  return get(`${pathTo(group)}/ledger?${query}`, toLedger)
}

function toLedger(fields: Readonly<Record<string, unknown>>): Ledger {
  const limits = toFields(fields['limits'])
  const today = toFields(fields['today'])
  return {
    limits: {
      groupRepliesPerDay: numberOf(limits['groupRepliesPerDay']),
      groupTokensPerDay: numberOf(limits['groupTokensPerDay']),
      memberRepliesPerHour: numberOf(limits['memberRepliesPerHour']),
      memberTokensPerHour: numberOf(limits['memberTokensPerHour']),
    },
    today: {
      replies: numberOf(today['replies']),
      tokens: numberOf(today['tokens']),
      resetsAt: numberOf(today['resetsAt']),
    },
    members: listOf(fields['members']).map((share) => ({
      id: textOf(share['id']),
      name: textOf(share['name']),
      replies: numberOf(share['replies']),
      tokens: numberOf(share['tokens']),
    })),
    entries: listOf(fields['entries']).map((entry) => ({
      reply: numberOf(entry['reply']),
      to: textOf(entry['to']),
      at: numberOf(entry['at']),
      status: textOf(entry['status']),
      source: textOf(entry['source']),
      model: textOf(entry['model']),
      inputTokens: numberOf(entry['inputTokens']),
      outputTokens: numberOf(entry['outputTokens']),
      estimated: entry['estimated'] === true,
    })),
    more: fields['more'] === true,
  }
}
