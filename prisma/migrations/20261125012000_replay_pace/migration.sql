-- What somebody sent again, and how fast it may go: beside the limits of the policy, over all workers.
CREATE TABLE replay (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id         bigint NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  node           int NOT NULL,
  as_new         boolean NOT NULL,
  requests       int NOT NULL,
  customers      int NOT NULL,
  -- Requests in `period_seconds`, evenly spread; null is as fast as the policy lets them.
  rate           int,
  period_seconds int,
  -- When the next of its requests may leave.
  next_at        timestamptz NOT NULL DEFAULT now(),
  at             timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX replay_run ON replay (run_id);

-- Chunks of a replay keep it over all their tries, and leave it when they go on to the next node.
ALTER TABLE chunk ADD COLUMN replay_id bigint;

-- Moments at which requests of a replay may leave, evenly spread, without a burst: how many, when the first (milliseconds
-- from now) and how far apart. A statement that finds the row locked waits and reads it anew, so no moment is given twice.
CREATE FUNCTION take_replay_permits(p_replay bigint, p_wanted int, p_horizon_ms int)
RETURNS TABLE (taken int, first_ms double precision, step_ms double precision) LANGUAGE plpgsql AS $$
DECLARE
  rep replay%ROWTYPE;
  moment timestamptz;
  base timestamptz;
BEGIN
  SELECT * INTO rep FROM replay WHERE id = p_replay FOR NO KEY UPDATE;
  IF NOT FOUND OR rep.rate IS NULL THEN
    RETURN;
  END IF;
  moment := clock_timestamp();
  base := greatest(rep.next_at, moment);
  step_ms := rep.period_seconds * 1000.0 / rep.rate;
  first_ms := extract(epoch FROM base - moment) * 1000;
  taken := greatest(0, least(p_wanted, floor((p_horizon_ms - first_ms) / step_ms)::int + 1));
  IF taken > 0 THEN
    UPDATE replay SET next_at = base + make_interval(secs => taken * step_ms / 1000.0) WHERE id = p_replay;
  END IF;
  RETURN NEXT;
END
$$;
