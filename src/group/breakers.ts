import type { BreakerStore, OpenBreaker } from '../model/leg.ts'

/** The open breakers that this group knows of, so that it need not find out again after its sleep. */
export class Breakers implements BreakerStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  load(endpoint: string): OpenBreaker | undefined {
    const query = 'SELECT until, openings FROM breakers WHERE endpoint = ?'
    return this.#sql.exec<{ until: number; openings: number }>(query, endpoint).toArray()[0]
  }

  save(endpoint: string, open: OpenBreaker | undefined): void {
    if (!open) this.#sql.exec('DELETE FROM breakers WHERE endpoint = ?', endpoint)
    else {
      const row = [endpoint, open.until, open.openings]
      this.#sql.exec('INSERT OR REPLACE INTO breakers VALUES (?, ?, ?)', ...row)
    }
  }
}
