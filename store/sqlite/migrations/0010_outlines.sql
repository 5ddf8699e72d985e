-- +goose Up
-- What a digest needs of a parcel that it only counts, and when the buyer's protection began, so that reminders and
-- digests read few documents.
ALTER TABLE parcel ADD COLUMN outline TEXT NOT NULL DEFAULT '{}';
ALTER TABLE parcel ADD COLUMN protected_from BIGINT;
UPDATE parcel SET
    outline = json_remove(doc, '$.items', '$.maybe', '$.apart', '$.unions', '$.orders', '$.logistics', '$.sources'),
    protected_from = CASE
        WHEN json_extract(doc, '$.shipped') IS NOT NULL THEN unixepoch(json_extract(doc, '$.shipped')) * 1000
        WHEN coalesce(json_extract(doc, '$.typed'), 0) THEN NULL
        ELSE first_seen END;
CREATE INDEX parcel_protected ON parcel (home, protected_from) WHERE active;
CREATE INDEX parcel_waiting ON parcel (home, status) WHERE active AND status = 'ready_for_pickup';
