-- +goose Up
-- The key of a parcel's change starts with the parcel's id. It used to start with the parcel's first number and day, which
-- another parcel can have after a split. What has been recorded stays known under its new key.
UPDATE OR IGNORE change SET key = parcel_id || '/' || replace(substr(key, instr(key, '|') + 1), '|', '/')
WHERE parcel_id <> 0 AND key LIKE '%@____-__-__|%';
UPDATE OR IGNORE change SET key = 'order/' || replace(key, '|order|', '/') WHERE parcel_id = 0 AND key LIKE '%|order|%';
