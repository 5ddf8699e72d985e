-- +goose Up
-- Parcels that only unproven mail names are asked about last, and a mailbox gets a limited number of them each day.
ALTER TABLE parcel ADD COLUMN unverified BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX parcel_next;
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
