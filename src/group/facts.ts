import { DEFAULT_SETTINGS } from '../protocol/events.ts'
import type { GroupSettings } from '../protocol/events.ts'

/** The few facts about a group that are not events: a row each, kept in memory once read. */
export class Facts {
  readonly #sql: SqlStorage
  readonly #known = new Map<string, string>()

  constructor(sql: SqlStorage) {
    this.#sql = sql
    const rows = sql.exec<{ key: string; value: string }>('SELECT key, value FROM meta')
    for (const { key, value } of rows) this.#known.set(key, value)
  }

  get id(): string {
    return this.#known.get('id') ?? ''
  }

  get title(): string {
    return this.#known.get('title') ?? ''
  }

  /** Names one continuous history of the log; a resume across two epochs starts anew. */
  get epoch(): string {
    return this.#known.get('epoch') ?? ''
  }

  get settings(): GroupSettings {
    const stored = this.#known.get('settings')
    if (stored === undefined) return DEFAULT_SETTINGS
    // What was stored before a setting existed has its default.
    const settings: Partial<GroupSettings> = JSON.parse(stored)
    return { ...DEFAULT_SETTINGS, ...settings }
  }

  /** The last seq that recent storage has given up, because the archive holds it; 0 at first. */
  get trimmedTo(): number {
    return Number(this.#known.get('trimmed_to') ?? 0)
  }

  /** When its owner erased the group, in milliseconds since 1970. What is left is being removed. */
  get erasedAt(): number | undefined {
    const at = this.#known.get('erased_at')
    return at === undefined ? undefined : Number(at)
  }

  found(id: string, title: string): void {
    this.#set('id', id)
    this.#set('title', title)
    this.#set('epoch', `e_${crypto.randomUUID().replaceAll('-', '')}`)
  }

  rename(title: string): void {
    this.#set('title', title)
  }

  settle(settings: GroupSettings): void {
    this.#set('settings', JSON.stringify(settings))
  }

  erase(at: number): void {
    this.#set('erased_at', String(at))
  }

  trimTo(seq: number): void {
    this.#set('trimmed_to', String(seq))
  }

  #set(key: string, value: string): void {
    this.#sql.exec('INSERT OR REPLACE INTO meta VALUES (?, ?)', key, value)
    this.#known.set(key, value)
  }
}
