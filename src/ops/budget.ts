/** What the whole deployment may answer in a day of UTC; what is undefined is not limited. */
export interface BudgetLimits {
  readonly repliesPerDay?: number
  readonly tokensPerDay?: number
}

const DAY_MS = 86_400_000

type Sum = { replies: number; tokens: number }

/**
 * The purse of the deployment: what replies of all groups cost today. A group sets aside what a reply
 * may cost under a name of its own before it begins, and says afterwards what it did cost. Both may
 * come twice. What is set aside counts as spent, so the limits hold whoever crashes and when.
 */
export class Budget {
  readonly #storage: DurableObjectStorage
  readonly #sql: SqlStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#sql = storage.sql
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS spent (
        day INTEGER PRIMARY KEY, replies INTEGER NOT NULL, tokens INTEGER NOT NULL
      );
      CREATE TABLE IF NOT EXISTS holds (
        name TEXT PRIMARY KEY, day INTEGER NOT NULL, tokens INTEGER NOT NULL
      ) WITHOUT ROWID;`)
  }

  /**
   * Sets one reply and its tokens aside; answers with the time of the next day where that is more
   * than is left of this one.
   */
  hold(
    name: string,
    tokens: number,
    { repliesPerDay = Infinity, tokensPerDay = Infinity }: BudgetLimits,
    now = Date.now(),
  ): { readonly retryAt: number } | undefined {
    if (this.#find(name)) return undefined
    const day = Math.floor(now / DAY_MS)
    const spent = this.spent(now)
    if (spent.replies + 1 > repliesPerDay || spent.tokens + tokens > tokensPerDay) {
      return { retryAt: (day + 1) * DAY_MS }
    }
    this.#storage.transactionSync(() => {
      this.#sql.exec('INSERT INTO holds VALUES (?, ?, ?)', name, day, tokens)
      this.#add(day, 1, tokens)
      // What nobody came back for, as a group that was erased meanwhile, is not kept for ever.
      for (const table of ['spent', 'holds']) {
        this.#sql.exec(`DELETE FROM ${table} WHERE day < ?`, day - 1)
      }
    })
    return undefined
  }

  /** Puts what a reply did cost in the place of what was set aside for it. */
  settle(name: string, replies: number, tokens: number): void {
    const held = this.#find(name)
    if (!held) return
    this.#storage.transactionSync(() => {
      this.#sql.exec('DELETE FROM holds WHERE name = ?', name)
      this.#add(held.day, replies - 1, tokens - held.tokens)
    })
  }

  /** What was spent and set aside on the day of a moment. */
  spent(now: number): Sum {
    const [row] = this.#sql
      .exec<Sum>('SELECT replies, tokens FROM spent WHERE day = ?', Math.floor(now / DAY_MS))
      .toArray()
    return row ?? { replies: 0, tokens: 0 }
  }

  #find(name: string): { readonly day: number; readonly tokens: number } | undefined {
    return this.#sql
      .exec<{ day: number; tokens: number }>('SELECT day, tokens FROM holds WHERE name = ?', name)
      .toArray()[0]
  }

  #add(day: number, replies: number, tokens: number): void {
    this.#sql.exec(
      `INSERT INTO spent VALUES (?1, ?2, ?3) ON CONFLICT (day) DO UPDATE
         SET replies = replies + ?2, tokens = tokens + ?3`,
      day,
      replies,
      tokens,
    )
  }
}
