/** The tables of a group as the first release made them; stored groups out there look like this. */
export const RELEASE_1 = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
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
  INSERT INTO meta VALUES ('schema', '1'), ('title', 'Old table'), ('epoch', 'e_old'),
    ('settings', '{"mode":"mention","assistantName":"Max"}');
`
