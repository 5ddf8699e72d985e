-- What belongs to people belongs to one household: its name comes first in every
-- key. Everything so far is of the household 'home'. What belongs to the
-- installation (budgets, pace, carriers' states, answers) has no such column.
-- The heartbeat is a file beside the store.

-- +goose Up
DROP TABLE alive;

ALTER TABLE parcel ADD COLUMN home TEXT NOT NULL DEFAULT 'home';
DROP INDEX parcel_next;
DROP INDEX parcel_active;
DROP INDEX parcel_journey;
CREATE INDEX parcel_next ON parcel (home, next_check) WHERE next_check IS NOT NULL;
CREATE INDEX parcel_active ON parcel (home, first_seen, id) WHERE active;
CREATE INDEX parcel_journey ON parcel (home, imported) WHERE imported IS NOT NULL;

CREATE TABLE number_new (
    home      TEXT   NOT NULL DEFAULT 'home',
    number    TEXT   NOT NULL CHECK (number <> ''),
    parcel_id BIGINT NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
    PRIMARY KEY (home, number, parcel_id)
);
INSERT INTO number_new (number, parcel_id) SELECT number, parcel_id FROM number;
DROP TABLE number;
ALTER TABLE number_new RENAME TO number;
CREATE INDEX number_parcel ON number (parcel_id);

CREATE TABLE parcel_order_new (
    home      TEXT   NOT NULL DEFAULT 'home',
    order_id  TEXT   NOT NULL CHECK (order_id <> ''),
    parcel_id BIGINT NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
    PRIMARY KEY (home, order_id, parcel_id)
);
INSERT INTO parcel_order_new (order_id, parcel_id) SELECT order_id, parcel_id FROM parcel_order;
DROP TABLE parcel_order;
ALTER TABLE parcel_order_new RENAME TO parcel_order;
CREATE INDEX parcel_order_parcel ON parcel_order (parcel_id);

CREATE TABLE shop_order_new (
    home       TEXT    NOT NULL DEFAULT 'home',
    id         TEXT    NOT NULL CHECK (id <> ''),
    doc        TEXT    NOT NULL,
    closed     BOOLEAN NOT NULL,
    first_seen BIGINT  NOT NULL,
    PRIMARY KEY (home, id)
);
INSERT INTO shop_order_new (id, doc, closed, first_seen) SELECT id, doc, closed, first_seen FROM shop_order;
DROP TABLE shop_order;
ALTER TABLE shop_order_new RENAME TO shop_order;

CREATE TABLE tombstone (
    home TEXT   NOT NULL DEFAULT 'home',
    kind TEXT   NOT NULL CHECK (kind IN ('number', 'order')),
    key  TEXT   NOT NULL CHECK (key <> ''),
    at   BIGINT NOT NULL,
    PRIMARY KEY (home, kind, key)
);
INSERT INTO tombstone (kind, key, at) SELECT kind, key, at FROM forgotten;
DROP TABLE forgotten;

CREATE TABLE mail_new (
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
INSERT INTO mail_new (mailbox, folder, uidvalidity, uid, message_id, digest, imported_at)
    SELECT mailbox, folder, uidvalidity, uid, message_id, digest, imported_at FROM mail;
DROP TABLE mail;
ALTER TABLE mail_new RENAME TO mail;
CREATE INDEX mail_message_id ON mail (home, message_id) WHERE message_id <> '';
CREATE INDEX mail_digest ON mail (home, digest) WHERE digest <> '';

CREATE TABLE position_new (
    home        TEXT    NOT NULL DEFAULT 'home',
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity BIGINT  NOT NULL CHECK (uidvalidity BETWEEN 0 AND 4294967295),
    uid         BIGINT  NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
    scanned     BOOLEAN NOT NULL,
    PRIMARY KEY (home, mailbox, folder)
);
INSERT INTO position_new (mailbox, folder, uidvalidity, uid, scanned) SELECT mailbox, folder, uidvalidity, uid, scanned FROM position;
DROP TABLE position;
ALTER TABLE position_new RENAME TO position;

CREATE TABLE not_understood_new (
    home    TEXT   NOT NULL DEFAULT 'home',
    mail    TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    why     TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (home, mail)
);
INSERT INTO not_understood_new (mail, subject, why, at) SELECT mail, subject, why, at FROM not_understood;
DROP TABLE not_understood;
ALTER TABLE not_understood_new RENAME TO not_understood;

CREATE TABLE change_new (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    home      TEXT    NOT NULL DEFAULT 'home',
    key       TEXT    NOT NULL CHECK (key <> ''),
    parcel_id BIGINT  NOT NULL, -- 0 for changes of orders and of health
    quiet     BOOLEAN NOT NULL,
    at        BIGINT  NOT NULL,
    doc       TEXT    NOT NULL,
    UNIQUE (home, key)
);
INSERT INTO change_new (id, key, parcel_id, quiet, at, doc) SELECT id, key, parcel_id, quiet, at, doc FROM change;
DELETE FROM sqlite_sequence WHERE name = 'change_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'change_new', seq FROM sqlite_sequence WHERE name = 'change';
CREATE TABLE told_new (
    change_id BIGINT NOT NULL REFERENCES change_new (id) ON DELETE CASCADE,
    audience  TEXT   NOT NULL,
    PRIMARY KEY (change_id, audience)
);
INSERT INTO told_new (change_id, audience) SELECT change_id, audience FROM told;
DROP TABLE told;
DROP TABLE change;
ALTER TABLE change_new RENAME TO change;
ALTER TABLE told_new RENAME TO told;
CREATE INDEX change_parcel ON change (home, parcel_id);
CREATE INDEX change_loud ON change (home, at, id) WHERE NOT quiet;

CREATE TABLE message_new (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    home     TEXT    NOT NULL DEFAULT 'home',
    id       TEXT    NOT NULL CHECK (id <> ''),
    audience TEXT    NOT NULL,
    slot     TEXT    NOT NULL,
    sender   TEXT    NOT NULL,
    raw      BLOB    NOT NULL,
    made_at  BIGINT  NOT NULL,
    UNIQUE (home, id),
    UNIQUE (home, audience, slot)
);
INSERT INTO message_new (seq, id, audience, slot, sender, raw, made_at) SELECT seq, id, audience, slot, sender, raw, made_at FROM message;
DELETE FROM sqlite_sequence WHERE name = 'message_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'message_new', seq FROM sqlite_sequence WHERE name = 'message';
CREATE TABLE fate_new (
    message_seq BIGINT  NOT NULL REFERENCES message_new (seq) ON DELETE CASCADE,
    place       INTEGER NOT NULL, -- among the message's recipients
    recipient   TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'ambiguous', 'sent', 'refused')),
    next_at     BIGINT,
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    error       TEXT    NOT NULL,
    fault       TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (message_seq, recipient)
);
INSERT INTO fate_new (message_seq, place, recipient, state, next_at, tries, error, fault)
    SELECT message_seq, place, recipient, state, next_at, tries, error, fault FROM fate;
DROP TABLE fate;
DROP TABLE message;
ALTER TABLE message_new RENAME TO message;
ALTER TABLE fate_new RENAME TO fate;
CREATE INDEX fate_open ON fate (next_at) WHERE state IN ('waiting', 'ambiguous');

CREATE TABLE mailbox_state_new (
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
INSERT INTO mailbox_state_new (name, folder, state, since, last_mail, last_check, error, fault)
    SELECT name, folder, state, since, last_mail, last_check, error, fault FROM mailbox_state;
DROP TABLE mailbox_state;
ALTER TABLE mailbox_state_new RENAME TO mailbox_state;

CREATE TABLE secret_new (
    home  TEXT   NOT NULL DEFAULT 'home',
    name  TEXT   NOT NULL,
    value TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (home, name)
);
INSERT INTO secret_new (name, value, at) SELECT name, value, at FROM secret;
DROP TABLE secret;
ALTER TABLE secret_new RENAME TO secret;
