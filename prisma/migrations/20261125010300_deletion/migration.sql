-- Customers on their way out. Their profiles go in the transaction of the request; a job removes what else names them.
CREATE TABLE deletion (
  id            uuid PRIMARY KEY,
  project_id    uuid NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  -- running, failed or done.
  state         text NOT NULL DEFAULT 'running',
  customers     int NOT NULL,
  -- The step that it is at, how much of it is looked through, and where to go on.
  step          int NOT NULL DEFAULT 0,
  done          int NOT NULL DEFAULT 0,
  total         int NOT NULL DEFAULT 0,
  place         jsonb,
  -- What was removed so far, by name.
  removed       jsonb NOT NULL DEFAULT '{}',
  message       text,
  created_by_id uuid,
  -- Of the call that asked for it; stands in both entries of the audit log.
  request_id    text,
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  -- When it is worth another look, while it waits for requests that are under way.
  due_at        timestamptz(3) NOT NULL DEFAULT now(),
  -- Last sign of life of whoever works on it.
  seen_at       timestamptz(3) NOT NULL DEFAULT now(),
  ended_at      timestamptz(3)
);
CREATE INDEX deletion_project ON deletion (project_id, created_at);
CREATE INDEX deletion_running ON deletion (due_at) WHERE state = 'running';

-- Whom a deletion is about, until it is done.
CREATE TABLE deletion_customer (
  deletion_id uuid NOT NULL REFERENCES deletion(id) ON DELETE CASCADE,
  customer_id bigint NOT NULL,
  -- Values that were theirs alone (identifiers, addresses, numbers) and all others, to find them in texts.
  telling     text[] NOT NULL DEFAULT '{}',
  traces      text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (deletion_id, customer_id)
);
CREATE INDEX deletion_customer_of ON deletion_customer (customer_id);

-- Numbers of customers that became part of another one: requests of theirs were about the same person.
CREATE TABLE merged_customer (
  former_id   bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customer(id) ON DELETE CASCADE
);
CREATE INDEX merged_customer_of ON merged_customer (customer_id);
