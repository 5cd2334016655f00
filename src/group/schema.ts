// Each entry takes the schema one version further. Entries are added, never changed.
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, author TEXT NOT NULL,
    request TEXT, body TEXT NOT NULL, pace REAL, trace TEXT
  );
  CREATE TABLE requests (
    author TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
    kind TEXT NOT NULL, print TEXT NOT NULL, PRIMARY KEY (author, id)
  ) WITHOUT ROWID;
  CREATE TABLE members (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL,
    muted_until INTEGER NOT NULL, read_seq INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE invites (
    hash TEXT PRIMARY KEY, role TEXT NOT NULL, uses_left INTEGER NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE tickets (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE replies (
    trigger_seq INTEGER PRIMARY KEY, reply INTEGER, again INTEGER, asker TEXT NOT NULL,
    text TEXT NOT NULL, lease_until INTEGER NOT NULL
  );
  CREATE TABLE segments (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, version INTEGER NOT NULL, key TEXT,
    announce_at INTEGER
  );
  CREATE TABLE gone (seq INTEGER PRIMARY KEY, reason TEXT NOT NULL);
  CREATE TABLE quotes (
    source INTEGER NOT NULL, reply INTEGER NOT NULL, PRIMARY KEY (source, reply)
  ) WITHOUT ROWID;
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, member TEXT NOT NULL, version INTEGER NOT NULL,
    due INTEGER NOT NULL, tries INTEGER NOT NULL
  );
  `,
  `
  ALTER TABLE invites ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE invites ADD COLUMN author TEXT NOT NULL DEFAULT '';
  ALTER TABLE invites ADD COLUMN made_at INTEGER NOT NULL DEFAULT 0;
  UPDATE invites SET uses = uses_left;
  `,
  `
  ALTER TABLE replies ADD COLUMN reserved_at INTEGER;
  ALTER TABLE replies ADD COLUMN reserved_input INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE replies ADD COLUMN reserved_output INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE ledger (
    reply INTEGER PRIMARY KEY, question INTEGER NOT NULL, member TEXT NOT NULL, at INTEGER NOT NULL,
    status TEXT NOT NULL, source TEXT NOT NULL, model TEXT, replies INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, is_estimated INTEGER NOT NULL
  );
  CREATE INDEX ledger_at ON ledger (at);
  CREATE TABLE told (
    member TEXT NOT NULL, scope TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (member, scope)
  ) WITHOUT ROWID;
  CREATE TABLE errands (
    id INTEGER PRIMARY KEY, errand TEXT NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL
  );
  INSERT INTO errands SELECT
    id, json_object('kind', kind, 'member', member, 'version', version), due, tries FROM outbox;
  DROP TABLE outbox;
  `,
  `
  CREATE TABLE breakers (
    endpoint TEXT PRIMARY KEY, until INTEGER NOT NULL, openings INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
]

const META = 'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID'

/** Whether a group was ever founded in this object. Reading it stores nothing. */
export function hasSchema(sql: SqlStorage): boolean {
  return sql.exec(`SELECT 1 FROM sqlite_master WHERE name = 'meta'`).toArray().length > 0
}

/** Brings the tables of a group to the newest version, forward only and all or nothing. */
export function migrate(storage: DurableObjectStorage): void {
  storage.transactionSync(() => {
    const { sql } = storage
    if (!hasSchema(sql)) sql.exec(META)
    const row = sql.exec(`SELECT value FROM meta WHERE key = 'schema'`).toArray()[0]
    const version = Number(row?.['value'] ?? 0)
    // A newer release was here and was rolled back: what it brought stays, and is not brought twice.
    if (version >= MIGRATIONS.length) return
    for (const step of MIGRATIONS.slice(version)) sql.exec(step)
    sql.exec(`INSERT OR REPLACE INTO meta VALUES ('schema', ?)`, String(MIGRATIONS.length))
  })
}
