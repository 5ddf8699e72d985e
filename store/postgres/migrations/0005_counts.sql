-- +goose Up
-- What is counted of the followed parcels is counted in indexes.
DROP INDEX parcel_waiting;
CREATE INDEX parcel_status ON parcel (home, status) WHERE active;
CREATE INDEX parcel_unproven ON parcel (home) WHERE active AND unverified;
