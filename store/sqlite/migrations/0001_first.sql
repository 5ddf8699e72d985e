-- Plain tables with BIGINT unix milliseconds and CHECKs instead of STRICT ones:
-- the same statements then serve PostgreSQL. A parcel or order is one JSON
-- document; the columns beside it are what is searched for.

-- +goose Up
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
);
CREATE INDEX parcel_next ON parcel (next_check) WHERE next_check IS NOT NULL;
CREATE INDEX parcel_active ON parcel (first_seen, id) WHERE active;
CREATE INDEX parcel_journey ON parcel (imported) WHERE imported IS NOT NULL;

CREATE TABLE number (
    number    TEXT   NOT NULL CHECK (number <> ''),
    parcel_id BIGINT NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
    PRIMARY KEY (number, parcel_id)
);
CREATE INDEX number_parcel ON number (parcel_id);

CREATE TABLE parcel_order (
    order_id  TEXT   NOT NULL CHECK (order_id <> ''),
    parcel_id BIGINT NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
    PRIMARY KEY (order_id, parcel_id)
);
CREATE INDEX parcel_order_parcel ON parcel_order (parcel_id);

CREATE TABLE shop_order (
    id         TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    doc        TEXT    NOT NULL,
    closed     BOOLEAN NOT NULL,
    first_seen BIGINT  NOT NULL
);

CREATE TABLE forgotten (
    kind TEXT   NOT NULL CHECK (kind IN ('number', 'order')),
    key  TEXT   NOT NULL CHECK (key <> ''),
    at   BIGINT NOT NULL,
    PRIMARY KEY (kind, key)
);

CREATE TABLE mail (
    mailbox     TEXT   NOT NULL,
    folder      TEXT   NOT NULL,
    uidvalidity BIGINT NOT NULL CHECK (uidvalidity BETWEEN 0 AND 4294967295),
    uid         BIGINT NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
    message_id  TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (mailbox, folder, uidvalidity, uid)
);
CREATE INDEX mail_message_id ON mail (message_id) WHERE message_id <> '';
CREATE INDEX mail_digest ON mail (digest) WHERE digest <> '';

CREATE TABLE position (
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity BIGINT  NOT NULL CHECK (uidvalidity BETWEEN 0 AND 4294967295),
    uid         BIGINT  NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
    scanned     BOOLEAN NOT NULL,
    PRIMARY KEY (mailbox, folder)
);

CREATE TABLE not_understood (
    mail    TEXT   NOT NULL PRIMARY KEY,
    subject TEXT   NOT NULL,
    why     TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

CREATE TABLE change (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    key       TEXT    NOT NULL UNIQUE CHECK (key <> ''),
    parcel_id BIGINT  NOT NULL, -- 0 for changes of orders and of health
    quiet     BOOLEAN NOT NULL,
    at        BIGINT  NOT NULL,
    doc       TEXT    NOT NULL
);
CREATE INDEX change_parcel ON change (parcel_id);
CREATE INDEX change_loud ON change (at, id) WHERE NOT quiet;

CREATE TABLE told (
    change_id BIGINT NOT NULL REFERENCES change (id) ON DELETE CASCADE,
    audience  TEXT   NOT NULL,
    PRIMARY KEY (change_id, audience)
);

CREATE TABLE message (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT    NOT NULL UNIQUE CHECK (id <> ''),
    audience TEXT    NOT NULL,
    slot     TEXT    NOT NULL,
    sender   TEXT    NOT NULL,
    raw      BLOB    NOT NULL,
    made_at  BIGINT  NOT NULL,
    UNIQUE (audience, slot)
);

CREATE TABLE fate (
    message_seq BIGINT  NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    place       INTEGER NOT NULL, -- among the message's recipients
    recipient   TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'ambiguous', 'sent', 'refused')),
    next_at     BIGINT,
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    error       TEXT    NOT NULL,
    PRIMARY KEY (message_seq, recipient)
);
CREATE INDEX fate_open ON fate (next_at) WHERE state IN ('waiting', 'ambiguous');

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
);

CREATE TABLE answer (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    carrier TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    raw     BLOB   NOT NULL
);
CREATE INDEX answer_carrier ON answer (carrier, id);

CREATE TABLE mailbox_state (
    name       TEXT NOT NULL,
    folder     TEXT NOT NULL,
    state      TEXT NOT NULL,
    since      BIGINT,
    last_mail  BIGINT,
    last_check BIGINT,
    error      TEXT NOT NULL,
    PRIMARY KEY (name, folder)
);

CREATE TABLE alive (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    started     BIGINT,
    at          BIGINT,
    pid         INTEGER NOT NULL,
    version     TEXT    NOT NULL,
    next_digest BIGINT
);

CREATE TABLE secret (
    name  TEXT   NOT NULL PRIMARY KEY,
    value TEXT   NOT NULL,
    at    BIGINT NOT NULL
);
