import { DurableObject } from 'cloudflare:workers'

/**
 * One person: the groups they are in, as those groups report it. A report carries the seq of the
 * event that made it true, so it may come twice, late or out of order.
 */
export class Member extends DurableObject {
  readonly #sql: SqlStorage

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
  }

  joined(group: string, version: number): void {
    this.#note(group, version, true)
  }

  left(group: string, version: number): void {
    this.#note(group, version, false)
  }

  /** The groups that this person is in, the one they joined last first. */
  groups(): readonly string[] {
    if (!this.#hasSchema()) return []
    return this.#sql
      .exec<{ id: string }>('SELECT id FROM groups WHERE is_in = 1 ORDER BY at DESC, id')
      .toArray()
      .map((row) => row.id)
  }

  // Who left is remembered too: an older "joined" that comes late must not bring them back.
  #note(group: string, version: number, isIn: boolean): void {
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec(
        `CREATE TABLE IF NOT EXISTS groups (
           id TEXT PRIMARY KEY, version INTEGER NOT NULL, is_in INTEGER NOT NULL, at INTEGER NOT NULL
         ) WITHOUT ROWID`,
      )
      this.#sql.exec(
        `INSERT INTO groups VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE
           SET version = ?2, is_in = ?3, at = ?4 WHERE version < ?2`,
        group,
        version,
        isIn ? 1 : 0,
        Date.now(),
      )
    })
  }

  // Asking for somebody who was never reported stores nothing.
  #hasSchema(): boolean {
    return this.#sql.exec(`SELECT 1 FROM sqlite_master WHERE name = 'groups'`).toArray().length > 0
  }
}
