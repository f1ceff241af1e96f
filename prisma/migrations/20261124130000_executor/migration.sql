-- The executor's own tables. They are read and written by hand-made SQL in lib/engine only, a thousand journeys a
-- statement, so Prisma has no models of them (prisma.config.ts lists them as external).

ALTER TABLE run ADD COLUMN journeys bigint NOT NULL DEFAULT 0;

-- Where everybody is: up to 1000 journeys standing at one node. Node 0 is the door: the audience still to be let in.
CREATE TABLE chunk (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id     bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  node       int NOT NULL,
  journeys   int[] NOT NULL,
  customers  bigint[] NOT NULL,
  -- What later nodes read, aligned with journeys; null when nothing is carried.
  contexts   jsonb,
  attempt    smallint NOT NULL DEFAULT 1,
  -- Retries: the request as it was sent first, byte for byte; its parts are in request_body.
  request_id bigint,
  -- Copied when the chunk is queued at a webhook: a switched policy affects only new work.
  policy_id  uuid,
  first_at   timestamptz NOT NULL DEFAULT now(),
  due_at     timestamptz NOT NULL DEFAULT now(),
  -- The worker that has it, and the pg-boss job that brought it.
  owner      int,
  job_id     uuid,
  -- Single requests: how many journeys may have been sent, how many of these are settled, and hashes of the bodies between.
  claimed    int NOT NULL DEFAULT 0,
  settled    int NOT NULL DEFAULT 0,
  hashes     bigint[],
  -- Workers that died while they had it.
  deaths     smallint NOT NULL DEFAULT 0,
  -- "held": waits for Resume of a stopped webhook or of a paused run; "quarantined": killed its worker three times.
  state      text NOT NULL DEFAULT 'ready'
) WITH (fillfactor = 70);
CREATE INDEX chunk_run_node ON chunk (run_id, node);
CREATE INDEX chunk_owner ON chunk (owner) WHERE owner IS NOT NULL;

-- Live numbers, one row a node; they change in the transaction that changes what they count.
CREATE TABLE run_node (
  run_id    bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  node      int NOT NULL,
  entered   bigint NOT NULL DEFAULT 0,
  delivered bigint NOT NULL DEFAULT 0,
  rejected  bigint NOT NULL DEFAULT 0,
  unknown   bigint NOT NULL DEFAULT 0,
  skipped   bigint NOT NULL DEFAULT 0,
  -- By the first and second port, e.g. Yes and No.
  port_a    bigint NOT NULL DEFAULT 0,
  port_b    bigint NOT NULL DEFAULT 0,
  requests  bigint NOT NULL DEFAULT 0,
  retries   bigint NOT NULL DEFAULT 0,
  ms_total  bigint NOT NULL DEFAULT 0,
  -- Why the webhook was stopped for this run, and when.
  stopped   text,
  stopped_at timestamptz,
  PRIMARY KEY (run_id, node)
) WITH (fillfactor = 50);

-- Append-only and vectorised: what became of which journeys at which node.
CREATE TABLE ledger_entry (
  run_id     bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  id         bigint GENERATED ALWAYS AS IDENTITY,
  node       int NOT NULL,
  outcome    text NOT NULL,
  port       text,
  reason     text,
  journeys   int[] NOT NULL,
  customers  bigint[] NOT NULL,
  request_id bigint,
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, node, id)
);

-- One HTTP request for one journey or for many.
CREATE TABLE request (
  run_id    bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  id        bigint GENERATED ALWAYS AS IDENTITY,
  node      int NOT NULL,
  journey   int NOT NULL,
  customer  bigint NOT NULL,
  -- How many customers; of a batch the others are in request_body.
  customers int NOT NULL,
  outcome   text NOT NULL,
  status    smallint,
  ms        int NOT NULL,
  attempts  smallint NOT NULL,
  at        timestamptz NOT NULL DEFAULT now(),
  message   text,
  answer_id bigint,
  PRIMARY KEY (run_id, id)
);

-- Equal answers of a run are stored once.
CREATE TABLE answer (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id  bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  hash    bigint NOT NULL,
  headers jsonb NOT NULL,
  body    text NOT NULL,
  UNIQUE (run_id, hash)
);

-- What was sent, for batches, failures, retries and a sample of the rest. Secrets are never in here.
CREATE TABLE request_body (
  run_id     bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  request_id bigint NOT NULL,
  method     text NOT NULL,
  url        text NOT NULL,
  headers    jsonb NOT NULL,
  body       text,
  key        text NOT NULL,
  journeys   int[] NOT NULL,
  customers  bigint[] NOT NULL,
  tries      jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (run_id, request_id)
);

-- Who works: each worker holds the advisory lock of its id as long as it lives.
CREATE TABLE worker (
  id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  host       text NOT NULL,
  pid        int NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now()
);

-- Slots of a throughput policy that a worker holds; they stay taken until lease_until even when it is dead.
CREATE TABLE policy_slot (
  policy_id   uuid NOT NULL REFERENCES policy(id) ON DELETE CASCADE,
  worker_id   int NOT NULL,
  slots       int NOT NULL,
  wanted      int NOT NULL,
  lease_until timestamptz NOT NULL,
  PRIMARY KEY (policy_id, worker_id)
) WITH (fillfactor = 50);

-- When the next request of a policy with a rate may leave.
CREATE TABLE policy_pace (
  policy_id uuid PRIMARY KEY REFERENCES policy(id) ON DELETE CASCADE,
  next_at   timestamptz NOT NULL
);
