-- +goose Up
-- The households that were applied, besides the one of the configuration file. A removed one stays for a while, so
-- that a daemon which has not noticed stores nothing for it.
CREATE TABLE household (
    name    TEXT    NOT NULL PRIMARY KEY,
    doc     BLOB    NOT NULL,
    changed BIGINT  NOT NULL,
    removed BOOLEAN NOT NULL
);

-- How often a list has changed.
CREATE TABLE registry (
    name     TEXT   NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);
