-- A running scenario may change to another version. People finish the node at which they stand by the version under which
-- they arrived there.
ALTER TABLE chunk ADD COLUMN version_id uuid;
UPDATE chunk c SET version_id = r.version_id FROM run r WHERE r.id = c.run_id;

-- The node itself, when the version that the run goes by has it no more: what happened there keeps its name and numbers.
ALTER TABLE run_node ADD COLUMN removed jsonb;
-- Workers look for people who came there in the very moment of the change.
CREATE INDEX run_node_removed ON run_node (run_id) WHERE removed IS NOT NULL;
