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
INSERT INTO schema_version VALUES (1, 0, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (2, 1, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (3, 2, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (4, 3, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (5, 4, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (6, 5, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (7, 6, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (8, 7, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (9, 8, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (10, 9, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (11, 10, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (12, 11, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (13, 12, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (14, 13, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (15, 14, 1, '2026-11-30 07:51:23');
INSERT INTO schema_version VALUES (16, 15, 1, '2026-11-30 07:51:23');
INSERT INTO parcel VALUES (1, '{"id":0,"title":"USB-C cable","items":[{"title":"Cable","variant":"1 m","quantity":2}],"links":[{"number":"RB123456785CN","since":"2026-03-01T08:30:09.123Z","reason":"mail","certainty":"certain"},{"number":"LA900000257CN","since":"2026-03-01T08:30:09.123Z","reason":"mail","certainty":"certain"}],"maybe":[{"number":"RR900000416CN","since":"2026-03-01T08:30:09.123Z","reason":"same order","certainty":"maybe","parcel":9}],"apart":["LP00999900000034"],"orders":["8190000000000001","8190000000000002"],"mailboxes":["home"],"logistics":{"sender":"Singapore Post","sites":["singpost.com"]},"sources":[{"carrier":"upu","number":"RB123456785CN","events":[{"time":"2026-02-19T16:30:09.123+08:00","zone_known":true,"status":"in_transit","country":"CN","place":"Guangzhou","text":"Departed","code":"D","sources":["upu"]},{"time":"2026-02-20T16:30:09.123+08:00","zone_known":true,"status":"in_transit","country":"CN","place":"Guangzhou","text":"Departed","code":"D","sources":["upu"]}],"result":"ok","asked":"2026-03-01T08:30:09.123Z","answered":"2026-03-01T08:30:09.123Z","eta":"2026-03-05","pickup":{"place":"Office 101000","until":"2026-03-20"}}],"status":"import","status_since":"2026-03-01T08:30:09.123Z","phase":"destination","origin":"CN","destination":"RU","exported":"2026-02-09T08:30:09.123Z","imported":"2026-02-27T08:30:09.123Z","last_event":"2026-03-01T08:30:09.123Z","eta":"2026-03-05","pickup":{"place":"Office 101000","until":"2026-03-20"},"first_seen":"2026-03-01T08:30:09.123Z","shipped":"2026-03-01T08:30:09.123Z","changed":"2026-03-01T08:30:09.123Z","stalled":"2026-03-01T08:30:09.123Z","reminded":"2026-03-01T08:30:09.123Z","next_check":"2026-03-01T08:30:09.123Z","next_reason":"new","muted":true,"typed":true}', 'import', 1, 1772353809123, 1772353809123, NULL, 'CN', 'RU', 1770625809123, 1772181009123, 'home', 0, '{"id":0,"title":"USB-C cable","links":[{"number":"RB123456785CN","since":"2026-03-01T08:30:09.123Z","reason":"mail","certainty":"certain"},{"number":"LA900000257CN","since":"2026-03-01T08:30:09.123Z","reason":"mail","certainty":"certain"}],"mailboxes":["home"],"logistics":{"sender":"","sites":null},"sources":[{"carrier":"upu","number":"","asked":"2026-03-01T08:30:09.123Z"}],"status":"import","status_since":"2026-03-01T08:30:09.123Z","phase":"destination","origin":"CN","destination":"RU","exported":"2026-02-09T08:30:09.123Z","imported":"2026-02-27T08:30:09.123Z","last_event":"2026-03-01T08:30:09.123Z","eta":"2026-03-05","pickup":{"place":"Office 101000","until":"2026-03-20"},"first_seen":"2026-03-01T08:30:09.123Z","shipped":"2026-03-01T08:30:09.123Z","changed":"2026-03-01T08:30:09.123Z","stalled":"2026-03-01T08:30:09.123Z","reminded":"2026-03-01T08:30:09.123Z","next_check":"2026-03-01T08:30:09.123Z","next_reason":"new","muted":true,"typed":true}', 1772353809123);
INSERT INTO parcel VALUES (3, '{"id":0,"title":"Кабель — 数据线 📦","links":[{"number":"LP00999900000034","since":"2026-03-01T08:30:09.123Z","reason":"mail","certainty":"certain"}],"logistics":{"sender":"","sites":null},"status":"in_transit","status_since":"0001-01-01T00:00:00Z","phase":"","first_seen":"2026-03-01T08:30:09.123Z","next_check":"2026-03-01T08:30:09.123Z"}', 'in_transit', 1, 1772353809123, 1772353809123, NULL, '', '', NULL, NULL, 'home', 0, '{"id":0,"title":"Кабель — 数据线 📦","links":[{"number":"LP00999900000034","since":"2026-03-01T08:30:09.123Z","reason":"mail","certainty":"certain"}],"logistics":{"sender":"","sites":null},"status":"in_transit","status_since":"0001-01-01T00:00:00Z","phase":"","first_seen":"2026-03-01T08:30:09.123Z","next_check":"2026-03-01T08:30:09.123Z"}', 1772353809123);
INSERT INTO budget VALUES ('upu', '2026-03-01', 3, 100);
INSERT INTO host_slot VALUES ('a.example', 1772440209123, 1772440209123);
INSERT INTO carrier_state VALUES ('upu', 'ok', NULL, NULL, 0, 1772353809123, '', '', '', NULL, '', '');
INSERT INTO answer VALUES (1, 'upu', 1772353809123, X'3C68746D6C3E');
INSERT INTO number VALUES ('home', 'RB123456785CN', 1);
INSERT INTO number VALUES ('home', 'LA900000257CN', 1);
INSERT INTO number VALUES ('home', 'LP00999900000034', 3);
INSERT INTO parcel_order VALUES ('home', '8190000000000001', 1);
INSERT INTO parcel_order VALUES ('home', '8190000000000002', 1);
INSERT INTO shop_order VALUES ('home', '8190000000000001', '{"id":"8190000000000001","shop":"aliexpress","step":"shipped","step_at":"2026-03-01T08:30:09.123Z","first_seen":"2026-03-01T08:30:09.123Z"}', 0, 1772353809123);
INSERT INTO tombstone VALUES ('home', 'number', 'RR900000416CN', 1772353809123);
INSERT INTO mail VALUES ('home', 'home', 'INBOX', 7, 7, 'id', 'aa', 1772353809123);
INSERT INTO position VALUES ('home', 'home', 'INBOX', 7, 9, 1);
INSERT INTO not_understood VALUES ('home', 'home/INBOX/8', 'subject', '[[{"id":"raw","data":["Text","why"]}]]', 1772353809123);
INSERT INTO change VALUES (1, 'home', '1/new|LA900000257CN', 1, 0, 1772353809123, '{"id":0,"kind":"moved","parcel":1,"to":"in_transit","at":"2026-03-01T08:30:09.123Z","key":"new|LA900000257CN"}');
INSERT INTO change VALUES (3, 'home', '3/new|LP00999900000034', 3, 0, 1772353809123, '{"id":0,"kind":"moved","parcel":3,"to":"in_transit","at":"2026-03-01T08:30:09.123Z","key":"new|LP00999900000034"}');
INSERT INTO told VALUES (1, 'me', 1, 'home');
INSERT INTO message VALUES (1, 'home', '2026-03-01 08:00.me@example.org', 'me', '2026-03-01 08:00', 'parcels@example.org', X'5375626A6563743A20FF00207261770D0A0D0A626F6479', 1772353809123, NULL);
INSERT INTO fate VALUES (1, 0, 'b@example.org', 'sent', NULL, 1, '', '', 'home');
INSERT INTO fate VALUES (1, 1, 'a@example.org', 'waiting', 1772353869123, 0, '', '', 'home');
INSERT INTO mailbox_state VALUES ('home', 'home', 'INBOX', 'idle', 1772353809123, NULL, NULL, '', '');
INSERT INTO secret VALUES ('home', 'oauth/home', 'token', 1772353809123);
INSERT INTO tally VALUES ('home', 'home', '2026-03-01', 2, 1, 3);
INSERT INTO withheld VALUES ('home', 'home', 'INBOX', 7, 8, 1772353809123, 1772353809123, 1);
INSERT INTO parcel_mailbox VALUES ('home', 'home', 1);
INSERT INTO household VALUES ('north', X'64657374696E6174696F6E203D20224445220A', 1772353809123, 0);
INSERT INTO registry VALUES ('household', 1);
