-- +goose Up
-- Why a mail was not understood becomes a list of texts (JSON) that are rendered in the reader's language.
UPDATE not_understood SET why = CASE
  WHEN why = 'no order and no tracking number was found'
  THEN json_array(json_array(json_object('id', 'why_nothing_found')))
  ELSE json_array(json_array(json_object('id', 'raw', 'data', json_array('Text', why))))
END;
