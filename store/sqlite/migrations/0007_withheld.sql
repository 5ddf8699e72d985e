-- +goose Up
-- Mails that a server has not handed over yet, and when to ask for them again.
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
