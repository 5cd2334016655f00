import type { LedgerPage } from './api.ts'
import { DAY_MS, dayOf } from './quotas.ts'
import type { Room } from './room.ts'

/** Who used what: today's sums, and a page of accounts. */
export function ledgerPageOf(room: Room, before: number, limit: number): LedgerPage {
  const { ledger, roster, quotaLimits: limits } = room
  const day = dayOf(Date.now())
  return {
    limits,
    today: { ...ledger.spent(day), resetsAt: day + DAY_MS },
    members: ledger.byMember(day).map(({ member, replies, tokens }) => ({
      id: member,
      name: roster.nameOf(member),
      replies,
      tokens,
    })),
    ...ledger.page(before, limit),
  }
}
