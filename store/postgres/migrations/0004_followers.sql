-- +goose Up
-- Who follows a number is asked with every answer of a carrier, among hundreds of households.
CREATE INDEX number_followed ON number (number, home);
