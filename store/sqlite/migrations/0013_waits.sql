-- +goose Up
-- Since when the news of a message waits, if it replaces older messages that were not sent.
ALTER TABLE message ADD COLUMN waits_since BIGINT;
