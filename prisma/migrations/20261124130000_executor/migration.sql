-- The executor's own tables. They are read and written by hand-made SQL in lib/engine only, a thousand journeys a
-- statement, so Prisma has no models of them (prisma.config.ts lists them as external).

ALTER TABLE run ADD COLUMN journeys bigint NOT NULL DEFAULT 0;

-- Where everybody is: up to 1000 journeys standing at one node. A node of 0 or less is a door: people still to be let in.
-- A chunk is the truth; the pg-boss job that names it (job_id) is its alarm clock. While a worker has a chunk (owner),
-- nobody else may touch it.
CREATE TABLE chunk (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id     bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  node       int NOT NULL,
  size       int NOT NULL,
  -- Null at the door, where journeys have no numbers yet.
  journeys   int[],
  customers  bigint[] NOT NULL,
  -- What later nodes read of the event and of earlier responses (lib/engine/contexts.ts); null when nothing is carried.
  contexts   jsonb,
  -- Copied when the chunk is queued at a webhook: a switched policy affects only new work.
  policy_id  uuid,
  on_event   boolean NOT NULL DEFAULT false,
  attempt    smallint NOT NULL DEFAULT 1,
  -- Sent again: where the bytes of the first try are, one window a journey or one for all of them.
  windows    bigint[],
  -- Their tries so far, one list a journey or one for all of them.
  tries      jsonb,
  -- A half of a batch that was too large, or one person of a poisoned batch: not to be merged again.
  alone      boolean NOT NULL DEFAULT false,
  -- Replayed: whether they end here because they have gone on before, and which sending it is; a new one has a key of its own.
  stays      boolean NOT NULL DEFAULT false,
  sending    smallint NOT NULL DEFAULT 1,
  -- When its first request was tried; its expiry counts from here.
  first_at   timestamptz,
  due_at     timestamptz NOT NULL DEFAULT now(),
  owner      int,
  job_id     uuid,
  -- Webhooks: how many of the journeys stand in a window; the rest still waits.
  claimed    int NOT NULL DEFAULT 0,
  -- Workers that died while they worked on it, since it last got on; and whether one is at it again now. Who only waits for
  -- a slot has no part in a death.
  deaths     smallint NOT NULL DEFAULT 0,
  trying     boolean NOT NULL DEFAULT false,
  -- ready; held: waits for Resume of a paused run or of a stopped webhook; quarantined: killed its worker three times.
  state      text NOT NULL DEFAULT 'ready'
) WITH (fillfactor = 80);
CREATE INDEX chunk_run_node ON chunk (run_id, node);
CREATE INDEX chunk_owner ON chunk (owner) WHERE owner IS NOT NULL;
CREATE INDEX chunk_policy ON chunk (policy_id) WHERE policy_id IS NOT NULL;

-- Requests with their bytes, written before the first of them is sent: a batch, or a window of single requests.
-- What stands in an open window and is not done may have been sent. Secrets are never in here.
CREATE TABLE request_window (
  run_id    bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  id        bigint GENERATED ALWAYS AS IDENTITY,
  node      int NOT NULL,
  chunk_id  bigint NOT NULL,
  batch     boolean NOT NULL,
  size      int NOT NULL,
  journeys  int[] NOT NULL,
  customers bigint[] NOT NULL,
  -- Method, URLs, headers, keys and bodies, compressed (lib/engine/frozen.ts); null past its retention.
  frozen    bytea,
  attempt   smallint NOT NULL,
  open      boolean NOT NULL DEFAULT true,
  -- How many of its journeys have an outcome, and at which positions while it is open.
  done      int NOT NULL DEFAULT 0,
  done_at   int[],
  at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, id)
) WITH (fillfactor = 80);
CREATE INDEX request_window_open ON request_window (chunk_id) WHERE open;
CREATE INDEX request_window_at ON request_window (at) WHERE frozen IS NOT NULL;
-- It comes compressed; Postgres need not try again.
ALTER TABLE request_window ALTER COLUMN frozen SET STORAGE EXTERNAL;

-- Live numbers, one row a node; they change in the transaction that changes what they count.
CREATE TABLE run_node (
  run_id    bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  node      int NOT NULL,
  entered   bigint NOT NULL DEFAULT 0,
  delivered bigint NOT NULL DEFAULT 0,
  rejected  bigint NOT NULL DEFAULT 0,
  unknown   bigint NOT NULL DEFAULT 0,
  skipped   bigint NOT NULL DEFAULT 0,
  -- By the first and second port of the kind, e.g. Yes and No.
  port_a    bigint NOT NULL DEFAULT 0,
  port_b    bigint NOT NULL DEFAULT 0,
  requests  bigint NOT NULL DEFAULT 0,
  retries   bigint NOT NULL DEFAULT 0,
  answers   bigint NOT NULL DEFAULT 0,
  ms_total  bigint NOT NULL DEFAULT 0,
  -- Why the webhook sends nothing more in this run until somebody resumes it, and since when.
  stopped    text,
  stopped_at timestamptz,
  PRIMARY KEY (run_id, node)
) WITH (fillfactor = 50);

-- Append-only and vectorised: what became of which journeys at which node, and by which requests.
CREATE TABLE ledger_entry (
  run_id     bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  id         bigint GENERATED ALWAYS AS IDENTITY,
  node       int NOT NULL,
  outcome    text NOT NULL,
  port       text,
  reason     text,
  size       int NOT NULL,
  journeys   int[] NOT NULL,
  customers  bigint[] NOT NULL,
  -- Smallest and largest customer: finds the journeys of one customer without reading the arrays.
  low        bigint NOT NULL,
  high       bigint NOT NULL,
  -- By requests: "each" journey had one of its own, "all" of them shared one. Null where nothing was sent.
  sent       text,
  status     smallint,
  attempts   smallint,
  ms         int[],
  window_id  bigint,
  -- Different answers once each (headers, body), and which of them each request got; null: all got the first.
  answers    jsonb,
  answer_of  smallint[],
  tries      jsonb,
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, id)
);
CREATE INDEX ledger_entry_node ON ledger_entry (run_id, node, id);

-- Who works: each worker holds the advisory lock of its id as long as its connection lives.
CREATE TABLE worker (
  id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  host       text NOT NULL,
  pid        int NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now()
);

-- Slots of a throughput policy that somebody holds; they stay taken until lease_until even when the holder is dead.
CREATE TABLE policy_slot (
  policy_id   uuid NOT NULL REFERENCES policy(id) ON DELETE CASCADE,
  holder      int NOT NULL,
  slots       int NOT NULL,
  wanted      int NOT NULL,
  busy        int NOT NULL,
  -- Requests that left in the last second, and the slowest exchange of late in milliseconds.
  per_second  real NOT NULL DEFAULT 0,
  slowest_ms  int NOT NULL DEFAULT 0,
  seen_at     timestamptz NOT NULL,
  lease_until timestamptz NOT NULL,
  PRIMARY KEY (policy_id, holder)
) WITH (fillfactor = 50);

-- When the next request of a policy with a rate may leave, were there no burst.
CREATE TABLE policy_pace (
  policy_id uuid PRIMARY KEY REFERENCES policy(id) ON DELETE CASCADE,
  next_at   timestamptz NOT NULL
);

-- Slots for one holder: the policy's row is locked first and live leases are counted after it, because counting and
-- claiming in one snapshot is a race. A function so that this takes one round trip.
CREATE FUNCTION claim_slots(
  p_policy uuid, p_holder int, p_wanted int, p_busy int, p_lease_ms int, p_per_second real, p_slowest_ms int
) RETURNS TABLE (granted int, concurrency int, rate int, period_seconds int, burst int) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  pol policy%ROWTYPE;
  held int;
  wanted_by_others int;
  wants int;
  share int;
BEGIN
  SELECT * INTO pol FROM policy WHERE id = p_policy FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT coalesce(sum(s.slots), 0), coalesce(sum(s.wanted), 0) INTO held, wanted_by_others
    FROM policy_slot s WHERE s.policy_id = p_policy AND s.holder <> p_holder AND s.lease_until > clock_timestamp();
  wants := least(p_wanted, pol.concurrency);
  share := wants;
  -- More is wanted than there is: everybody gets in proportion to what they want, and at least one.
  IF wants + wanted_by_others > pol.concurrency AND wants > 0 THEN
    share := greatest(1, (pol.concurrency::bigint * wants / (wants + wanted_by_others))::int);
  END IF;
  share := greatest(0, least(share, pol.concurrency - held));
  -- What is in flight stays counted, even above a limit that was just lowered.
  INSERT INTO policy_slot AS s (policy_id, holder, slots, wanted, busy, per_second, slowest_ms, seen_at, lease_until)
  VALUES (p_policy, p_holder, greatest(share, p_busy), wants, p_busy, p_per_second, p_slowest_ms, clock_timestamp(),
          clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0))
  ON CONFLICT (policy_id, holder) DO UPDATE SET
    slots = excluded.slots, wanted = excluded.wanted, busy = excluded.busy, per_second = excluded.per_second,
    slowest_ms = excluded.slowest_ms, seen_at = excluded.seen_at, lease_until = excluded.lease_until;
  RETURN QUERY SELECT share, pol.concurrency, pol.rate, pol.rate_period_seconds, pol.burst;
END
$$;

-- Moments at which requests of a policy with a rate may leave: evenly spread, with a burst after idleness (the generic
-- cell rate algorithm). Gives how many, when the first (milliseconds from now, may be negative) and how far apart.
CREATE FUNCTION take_permits(p_policy uuid, p_wanted int, p_horizon_ms int)
RETURNS TABLE (taken int, first_ms double precision, step_ms double precision) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  pol policy%ROWTYPE;
  step double precision;
  next_at timestamptz;
  base timestamptz;
  moment timestamptz;
  n int;
BEGIN
  SELECT * INTO pol FROM policy WHERE id = p_policy FOR NO KEY UPDATE;
  IF NOT FOUND OR pol.rate IS NULL THEN
    RETURN;
  END IF;
  moment := clock_timestamp();
  step := coalesce(pol.rate_period_seconds, 1) * 1000.0 / pol.rate;
  SELECT p.next_at INTO next_at FROM policy_pace p WHERE p.policy_id = p_policy;
  base := greatest(coalesce(next_at, moment), moment);
  first_ms := extract(epoch FROM base - moment) * 1000 - (greatest(pol.burst, 1) - 1) * step;
  n := greatest(0, least(p_wanted, floor((p_horizon_ms - first_ms) / step)::int + 1));
  IF n > 0 THEN
    INSERT INTO policy_pace VALUES (p_policy, base + make_interval(secs => n * step / 1000.0))
    ON CONFLICT (policy_id) DO UPDATE SET next_at = excluded.next_at;
  END IF;
  RETURN QUERY SELECT n, first_ms, step;
END
$$;

-- Circuit breakers beyond one webhook of one run: an integration whose credentials were refused, a destination that is ill.
CREATE TABLE breaker (
  project_id uuid NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  -- "integration" with its id, or "destination" with an origin.
  kind       text NOT NULL,
  key        text NOT NULL,
  reason     text NOT NULL,
  opened_at  timestamptz NOT NULL DEFAULT now(),
  -- When one request may try again.
  probe_at   timestamptz NOT NULL,
  trips      int NOT NULL DEFAULT 1,
  PRIMARY KEY (project_id, kind, key)
);
