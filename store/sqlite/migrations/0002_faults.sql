-- +goose Up
-- Why something is broken, as clauses that any language can be made of (JSON); error stays for logs and scripts.
ALTER TABLE mailbox_state ADD COLUMN fault TEXT NOT NULL DEFAULT '';
ALTER TABLE carrier_state ADD COLUMN fault TEXT NOT NULL DEFAULT '';
ALTER TABLE fate ADD COLUMN fault TEXT NOT NULL DEFAULT '';
