import type { InviteListing, InviteTerms } from './api.ts'

/** How much of an invite's hash names it where its secret must not be seen: 64 bits. */
const ID_CHARS = 16

/** An invite that is still good. */
export interface Invite {
  readonly hash: string
  readonly role: InviteTerms['role']
}

type InviteRow = {
  hash: string
  role: InviteTerms['role']
  uses_left: number
  expires_at: number
  uses: number
  author: string
  made_at: number
}

/** The name of an invite that gives nothing away. */
export function inviteIdOf(hash: string): string {
  return hash.slice(0, ID_CHARS)
}

/** The invites of a group. Only the hash of what opens the door is kept, never that itself. */
export class Invites {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  keep(by: string, hash: string, { role, uses, expiresAt }: InviteTerms, now: number): void {
    this.#sql.exec('DELETE FROM invites WHERE expires_at <= ? OR uses_left <= 0', now)
    this.#sql.exec(
      `INSERT OR REPLACE INTO invites
         (hash, role, uses_left, expires_at, uses, author, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      hash,
      role,
      uses,
      expiresAt,
      uses,
      by,
      now,
    )
  }

  /** The invites that still let somebody in, the newest first. */
  list(now: number): readonly InviteListing[] {
    return this.#sql
      .exec<InviteRow>(
        `SELECT * FROM invites WHERE uses_left > 0 AND expires_at > ?
           ORDER BY made_at DESC, hash`,
        now,
      )
      .toArray()
      .map((row) => ({
        id: inviteIdOf(row.hash),
        role: row.role,
        uses: row.uses,
        usesLeft: row.uses_left,
        expiresAt: row.expires_at,
        by: row.author,
        at: row.made_at,
      }))
  }

  /** Takes an invite out, by its id or its whole hash; false where there is none. */
  revoke(name: string): boolean {
    const { rowsWritten } = this.#sql.exec(
      'DELETE FROM invites WHERE hash = ?1 OR (length(?1) = ?2 AND substr(hash, 1, ?2) = ?1)',
      name,
      ID_CHARS,
    )
    return rowsWritten > 0
  }

  /** Takes out every invite that somebody made. */
  revokeAllOf(author: string): void {
    this.#sql.exec('DELETE FROM invites WHERE author = ?', author)
  }

  find(hash: string, now: number): Invite | undefined {
    const row = this.#sql
      .exec<InviteRow>(
        'SELECT * FROM invites WHERE hash = ? AND uses_left > 0 AND expires_at > ?',
        hash,
        now,
      )
      .toArray()[0]
    return row && { hash: row.hash, role: row.role === 'guest' ? 'guest' : 'member' }
  }

  /** Takes one use; call it together with what it is used for. */
  use({ hash }: Invite): void {
    this.#sql.exec('UPDATE invites SET uses_left = uses_left - 1 WHERE hash = ?', hash)
  }
}
