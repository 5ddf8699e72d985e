-- +goose Up
-- When a carrier last answered with events, and how well its last answers were understood.
ALTER TABLE carrier_state ADD COLUMN last_events BIGINT;
ALTER TABLE carrier_state ADD COLUMN recent TEXT NOT NULL DEFAULT '';
ALTER TABLE carrier_state ADD COLUMN unknown TEXT NOT NULL DEFAULT '';
