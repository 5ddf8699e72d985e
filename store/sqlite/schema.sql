CREATE TABLE schema_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE parcel (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    doc         TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    active      BOOLEAN NOT NULL, -- neither final nor closed
    first_seen  BIGINT  NOT NULL,
    next_check  BIGINT,
    final_at    BIGINT,
    origin      TEXT    NOT NULL,
    destination TEXT    NOT NULL,
    exported    BIGINT,
    imported    BIGINT
, home TEXT NOT NULL DEFAULT 'home', unverified BOOLEAN NOT NULL DEFAULT FALSE, outline TEXT NOT NULL DEFAULT '{}', protected_from BIGINT);
CREATE TABLE budget (
    carrier TEXT    NOT NULL,
    day     TEXT    NOT NULL,
    used    INTEGER NOT NULL CHECK (used >= 0),
    budget  INTEGER NOT NULL CHECK (budget >= 0), -- as last asked for
    PRIMARY KEY (carrier, day)
);
CREATE TABLE host_slot (
    host      TEXT   NOT NULL PRIMARY KEY,
    slot_at   BIGINT NOT NULL,
    booked_at BIGINT NOT NULL -- what the clock said then
);
CREATE TABLE carrier_state (
    name         TEXT    NOT NULL PRIMARY KEY,
    state        TEXT    NOT NULL,
    since        BIGINT,
    until        BIGINT,
    fails        INTEGER NOT NULL,
    last_success BIGINT,
    error        TEXT    NOT NULL,
    note         TEXT    NOT NULL
, fault TEXT NOT NULL DEFAULT '', last_events BIGINT, recent TEXT NOT NULL DEFAULT '', unknown TEXT NOT NULL DEFAULT '');
CREATE TABLE answer (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    carrier TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    raw     BLOB   NOT NULL
);
CREATE INDEX answer_carrier ON answer (carrier, id);
CREATE INDEX parcel_active ON parcel (home, first_seen, id) WHERE active;
CREATE INDEX parcel_journey ON parcel (home, imported) WHERE imported IS NOT NULL;
CREATE TABLE "number" (
    home      TEXT   NOT NULL DEFAULT 'home',
    number    TEXT   NOT NULL CHECK (number <> ''),
    parcel_id BIGINT NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
    PRIMARY KEY (home, number, parcel_id)
);
CREATE INDEX number_parcel ON number (parcel_id);
CREATE TABLE "parcel_order" (
    home      TEXT   NOT NULL DEFAULT 'home',
    order_id  TEXT   NOT NULL CHECK (order_id <> ''),
    parcel_id BIGINT NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
    PRIMARY KEY (home, order_id, parcel_id)
);
CREATE INDEX parcel_order_parcel ON parcel_order (parcel_id);
CREATE TABLE "shop_order" (
    home       TEXT    NOT NULL DEFAULT 'home',
    id         TEXT    NOT NULL CHECK (id <> ''),
    doc        TEXT    NOT NULL,
    closed     BOOLEAN NOT NULL,
    first_seen BIGINT  NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE TABLE tombstone (
    home TEXT   NOT NULL DEFAULT 'home',
    kind TEXT   NOT NULL CHECK (kind IN ('number', 'order')),
    key  TEXT   NOT NULL CHECK (key <> ''),
    at   BIGINT NOT NULL,
    PRIMARY KEY (home, kind, key)
);
CREATE TABLE "mail" (
    home        TEXT   NOT NULL DEFAULT 'home',
    mailbox     TEXT   NOT NULL,
    folder      TEXT   NOT NULL,
    uidvalidity BIGINT NOT NULL CHECK (uidvalidity BETWEEN 0 AND 4294967295),
    uid         BIGINT NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
    message_id  TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (home, mailbox, folder, uidvalidity, uid)
);
CREATE INDEX mail_message_id ON mail (home, message_id) WHERE message_id <> '';
CREATE INDEX mail_digest ON mail (home, digest) WHERE digest <> '';
CREATE TABLE "position" (
    home        TEXT    NOT NULL DEFAULT 'home',
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity BIGINT  NOT NULL CHECK (uidvalidity BETWEEN 0 AND 4294967295),
    uid         BIGINT  NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
    scanned     BOOLEAN NOT NULL,
    PRIMARY KEY (home, mailbox, folder)
);
CREATE TABLE "not_understood" (
    home    TEXT   NOT NULL DEFAULT 'home',
    mail    TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    why     TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (home, mail)
);
CREATE TABLE "change" (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    home      TEXT    NOT NULL DEFAULT 'home',
    key       TEXT    NOT NULL CHECK (key <> ''),
    parcel_id BIGINT  NOT NULL, -- 0 for changes of orders and of health
    quiet     BOOLEAN NOT NULL,
    at        BIGINT  NOT NULL,
    doc       TEXT    NOT NULL,
    UNIQUE (home, key)
);
CREATE TABLE "told" (
    change_id BIGINT NOT NULL REFERENCES "change" (id) ON DELETE CASCADE,
    audience  TEXT   NOT NULL, message_seq BIGINT, home TEXT NOT NULL DEFAULT 'home',
    PRIMARY KEY (change_id, audience)
);
CREATE INDEX change_parcel ON change (home, parcel_id);
CREATE INDEX change_loud ON change (home, at, id) WHERE NOT quiet;
CREATE TABLE "message" (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    home     TEXT    NOT NULL DEFAULT 'home',
    id       TEXT    NOT NULL CHECK (id <> ''),
    audience TEXT    NOT NULL,
    slot     TEXT    NOT NULL,
    sender   TEXT    NOT NULL,
    raw      BLOB    NOT NULL,
    made_at  BIGINT  NOT NULL, waits_since BIGINT,
    UNIQUE (home, id),
    UNIQUE (home, audience, slot)
);
CREATE TABLE "fate" (
    message_seq BIGINT  NOT NULL REFERENCES "message" (seq) ON DELETE CASCADE,
    place       INTEGER NOT NULL, -- among the message's recipients
    recipient   TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'ambiguous', 'sent', 'refused')),
    next_at     BIGINT,
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    error       TEXT    NOT NULL,
    fault       TEXT    NOT NULL DEFAULT '', home TEXT NOT NULL DEFAULT 'home',
    PRIMARY KEY (message_seq, recipient)
);
CREATE INDEX fate_open ON fate (next_at) WHERE state IN ('waiting', 'ambiguous');
CREATE TABLE "mailbox_state" (
    home       TEXT NOT NULL DEFAULT 'home',
    name       TEXT NOT NULL,
    folder     TEXT NOT NULL,
    state      TEXT NOT NULL,
    since      BIGINT,
    last_mail  BIGINT,
    last_check BIGINT,
    error      TEXT NOT NULL,
    fault      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (home, name, folder)
);
CREATE TABLE "secret" (
    home  TEXT   NOT NULL DEFAULT 'home',
    name  TEXT   NOT NULL,
    value TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (home, name)
);
CREATE INDEX parcel_next ON parcel (home, unverified, next_check) WHERE next_check IS NOT NULL;
CREATE TABLE tally (
    home    TEXT    NOT NULL DEFAULT 'home',
    mailbox TEXT    NOT NULL,
    day     TEXT    NOT NULL,
    parcels INTEGER NOT NULL CHECK (parcels >= 0),
    orders  INTEGER NOT NULL CHECK (orders >= 0),
    refused INTEGER NOT NULL CHECK (refused >= 0),
    PRIMARY KEY (home, mailbox, day)
);
CREATE TABLE withheld (
    home        TEXT    NOT NULL DEFAULT 'home',
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity BIGINT  NOT NULL,
    uid         BIGINT  NOT NULL,
    since       BIGINT  NOT NULL,
    next        BIGINT  NOT NULL,
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    PRIMARY KEY (home, mailbox, folder, uidvalidity, uid)
);
CREATE TABLE parcel_mailbox (
    home      TEXT   NOT NULL DEFAULT 'home',
    mailbox   TEXT   NOT NULL CHECK (mailbox <> ''),
    parcel_id BIGINT NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
    PRIMARY KEY (home, mailbox, parcel_id)
);
CREATE INDEX parcel_mailbox_parcel ON parcel_mailbox (parcel_id);
CREATE INDEX parcel_protected ON parcel (home, protected_from) WHERE active;
CREATE INDEX told_message ON told (message_seq) WHERE message_seq IS NOT NULL;
CREATE TABLE household (
    name    TEXT    NOT NULL PRIMARY KEY,
    doc     BLOB    NOT NULL,
    changed BIGINT  NOT NULL,
    removed BOOLEAN NOT NULL
);
CREATE TABLE registry (
    name     TEXT   NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);
CREATE INDEX parcel_status ON parcel (home, status) WHERE active;
CREATE INDEX parcel_unproven ON parcel (home) WHERE active AND unverified;
