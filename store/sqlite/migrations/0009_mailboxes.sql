-- +goose Up
-- A parcel and an order belong to every mailbox whose mail names them; each used to belong to the first one only.
UPDATE parcel SET doc = json_remove(json_set(doc, '$.mailboxes', json_array(json_extract(doc, '$.mailbox'))), '$.mailbox')
WHERE json_extract(doc, '$.mailbox') <> '';
UPDATE shop_order SET doc = json_remove(json_set(doc, '$.mailboxes', json_array(json_extract(doc, '$.mailbox'))), '$.mailbox')
WHERE json_extract(doc, '$.mailbox') <> '';

CREATE TABLE parcel_mailbox (
    home      TEXT   NOT NULL DEFAULT 'home',
    mailbox   TEXT   NOT NULL CHECK (mailbox <> ''),
    parcel_id BIGINT NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
    PRIMARY KEY (home, mailbox, parcel_id)
);
CREATE INDEX parcel_mailbox_parcel ON parcel_mailbox (parcel_id);
INSERT INTO parcel_mailbox (home, mailbox, parcel_id)
    SELECT parcel.home, box.value, parcel.id FROM parcel, json_each(parcel.doc, '$.mailboxes') AS box;
