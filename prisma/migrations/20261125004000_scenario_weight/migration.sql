-- Campaigns take turns within a throughput policy: a scenario of weight n sends n requests for each one of another.
ALTER TABLE scenario ADD COLUMN weight smallint NOT NULL DEFAULT 1 CONSTRAINT scenario_weight_range CHECK (weight BETWEEN 1 AND 10);
