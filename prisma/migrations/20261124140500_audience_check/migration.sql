-- The latest check of a webhook's audience: everybody rendered, nothing sent.
CREATE TABLE audience_check (
  id            uuid PRIMARY KEY,
  project_id    uuid NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  scenario_id   uuid NOT NULL REFERENCES scenario(id) ON DELETE CASCADE,
  node_id       text NOT NULL,
  -- Of what was checked: the same fingerprint now means that the result still holds.
  fingerprint   text NOT NULL,
  state         text NOT NULL DEFAULT 'running',
  total         int NOT NULL DEFAULT 0,
  done          int NOT NULL DEFAULT 0,
  result        jsonb,
  message       text,
  created_by_id uuid,
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  -- Last sign of life of whoever works on it.
  seen_at       timestamptz(3) NOT NULL DEFAULT now(),
  ended_at      timestamptz(3)
);
CREATE INDEX audience_check_node ON audience_check (scenario_id, node_id, created_at);
