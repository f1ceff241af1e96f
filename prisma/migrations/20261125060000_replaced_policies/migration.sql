-- What takes the place of policies that were deleted while runs of the scenario went by versions that select them:
-- {"id of the deleted policy": "id of another", or null for the project's default}.
ALTER TABLE scenario ADD COLUMN replaced_policies jsonb NOT NULL DEFAULT '{}';
