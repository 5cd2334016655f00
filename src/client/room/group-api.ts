import type { GroupSettings, Role } from '../../protocol/events.ts'
import { pathTo, toRole } from '../shell/api.ts'
import { get, listOf, numberOf, send, textOf } from '../shell/http.ts'

export interface Invite {
  readonly id: string
  readonly url: string
  readonly expiresAt: number
}

/** What an invite is worth, for how many, and for how long. */
export interface InviteTerms {
  readonly role: 'member' | 'guest'
  readonly uses: number
  readonly expiresInSeconds: number
}

/** An invite that still works, as the list shows it; its link is not kept anywhere. */
export interface OpenInvite {
  readonly id: string
  readonly role: Role
  readonly uses: number
  readonly usesLeft: number
  readonly expiresAt: number
  readonly by: string
}

export interface MemberPatch {
  readonly role?: Role
  readonly mutedUntil?: number
  readonly state?: 'active' | 'banned'
}

export interface GroupPatch {
  readonly title?: string
  readonly settings?: Partial<GroupSettings>
}

export function postInvite(group: string, terms: InviteTerms): Promise<Invite> {
  return send('POST', `${pathTo(group)}/invites`, terms, ({ id, url, expiresAt }) => ({
    id: textOf(id),
    url: textOf(url),
    expiresAt: numberOf(expiresAt),
  }))
}

export function fetchInvites(group: string): Promise<readonly OpenInvite[]> {
  return get(`${pathTo(group)}/invites`, ({ invites }) =>
    listOf(invites).map((invite) => ({
      id: textOf(invite['id']),
      role: toRole(invite['role']),
      uses: numberOf(invite['uses']),
      usesLeft: numberOf(invite['usesLeft']),
      expiresAt: numberOf(invite['expiresAt']),
      by: textOf(invite['by']),
    })),
  )
}

export function deleteInvite(group: string, invite: string): Promise<void> {
  return send('DELETE', `${pathTo(group)}/invites/${encodeURIComponent(invite)}`, null, nothing)
}

export function patchMember(group: string, member: string, patch: MemberPatch): Promise<void> {
  return send('PATCH', pathToMember(group, member), patch, nothing)
}

/** Puts somebody out, turns away who waits, or leaves where it is oneself. */
export function deleteMember(group: string, member: string): Promise<void> {
  return send('DELETE', pathToMember(group, member), null, nothing)
}

export function postTransfer(group: string, to: string): Promise<void> {
  return send('POST', `${pathTo(group)}/transfer`, { to }, nothing)
}

export function patchGroup(group: string, patch: GroupPatch): Promise<void> {
  return send('PATCH', pathTo(group), patch, nothing)
}

function pathToMember(group: string, member: string): string {
  return `${pathTo(group)}/members/${encodeURIComponent(member)}`
}

// What was changed comes back over the socket, to everyone at once.
function nothing(): void {}
