-- Legacy speed limits of webhooks: when the next request of one may leave, whatever run or replay it belongs to.
CREATE TABLE "webhook_pace" (
    "scenario_id" UUID NOT NULL,
    "node" INTEGER NOT NULL,
    "next_at" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "webhook_pace_pkey" PRIMARY KEY ("scenario_id", "node")
);

ALTER TABLE "webhook_pace" ADD CONSTRAINT "webhook_pace_scenario_id_fkey" FOREIGN KEY ("scenario_id") REFERENCES "scenario"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Moments at which requests of a webhook with a speed limit may leave, evenly spread and without a burst; those of a replay
-- also no faster than the replay. Gives how many, when the first (milliseconds from now) and how far apart.
CREATE FUNCTION take_limited_permits(
  p_scenario uuid, p_node int, p_per_minute int, p_replay bigint, p_wanted int, p_horizon_ms int
) RETURNS TABLE (taken int, first_ms double precision, step_ms double precision) LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz;
  base timestamptz;
  rep replay%ROWTYPE;
BEGIN
  INSERT INTO webhook_pace (scenario_id, node, next_at) VALUES (p_scenario, p_node, clock_timestamp())
  ON CONFLICT (scenario_id, node) DO NOTHING;
  SELECT w.next_at INTO base FROM webhook_pace w WHERE w.scenario_id = p_scenario AND w.node = p_node FOR NO KEY UPDATE;
  SELECT * INTO rep FROM replay WHERE id = p_replay AND rate IS NOT NULL FOR NO KEY UPDATE;
  moment := clock_timestamp();
  base := greatest(base, rep.next_at, moment);
  step_ms := greatest(60000.0 / p_per_minute, rep.period_seconds * 1000.0 / rep.rate);
  first_ms := extract(epoch FROM base - moment) * 1000;
  taken := greatest(0, least(p_wanted, floor((p_horizon_ms - first_ms) / step_ms)::int + 1));
  IF taken > 0 THEN
    UPDATE webhook_pace w SET next_at = base + make_interval(secs => ((taken - 1) * step_ms + 60000.0 / p_per_minute) / 1000.0)
     WHERE w.scenario_id = p_scenario AND w.node = p_node;
    UPDATE replay SET next_at = base + make_interval(secs => taken * step_ms / 1000.0) WHERE id = rep.id;
  END IF;
  RETURN NEXT;
END
$$;
