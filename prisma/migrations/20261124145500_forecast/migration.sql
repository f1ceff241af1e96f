-- What whoever pressed Start had been told, to be shown beside what came of it.
ALTER TABLE version ADD COLUMN forecast jsonb;
