-- +goose Up
-- The household comes first in every key of what belongs to people, also in tables that hang on another one.
ALTER TABLE told ADD COLUMN home TEXT NOT NULL DEFAULT 'home';
ALTER TABLE fate ADD COLUMN home TEXT NOT NULL DEFAULT 'home';
UPDATE told SET home = (SELECT home FROM change WHERE id = change_id) WHERE change_id IN (SELECT id FROM change WHERE home <> 'home');
UPDATE fate SET home = (SELECT home FROM message WHERE seq = message_seq) WHERE message_seq IN (SELECT seq FROM message WHERE home <> 'home');
