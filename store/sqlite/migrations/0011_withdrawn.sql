-- +goose Up
-- An outline has the carriers of a parcel's sources and when each was asked.
UPDATE parcel SET outline = json_set(json_remove(doc, '$.items', '$.maybe', '$.apart', '$.unions', '$.orders', '$.logistics'), '$.sources',
    (SELECT json_group_array(json_object('carrier', value ->> '$.carrier', 'asked', coalesce(value ->> '$.asked', '0001-01-01T00:00:00Z')))
     FROM json_each(doc, '$.sources')));
-- Which message announced a change. It is NULL if none did or if an older program recorded it. The news of a message
-- that cannot have arrived is composed anew.
ALTER TABLE told ADD COLUMN message_seq BIGINT;
CREATE INDEX told_message ON told (message_seq) WHERE message_seq IS NOT NULL;
