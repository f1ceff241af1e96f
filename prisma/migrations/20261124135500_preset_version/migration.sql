-- Every version of a preset is kept, whoever changes the preset and by whatever statement: scenarios stay on the version
-- that they were made with until somebody accepts a newer one.
CREATE TABLE preset_version (
  preset_id  uuid NOT NULL REFERENCES preset(id) ON DELETE CASCADE,
  version    int NOT NULL,
  webhook    jsonb NOT NULL,
  open       text[] NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (preset_id, version)
);

CREATE FUNCTION keep_preset_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO preset_version (preset_id, version, webhook, open) VALUES (NEW.id, NEW.version, NEW.webhook, NEW.open)
  ON CONFLICT (preset_id, version) DO UPDATE SET webhook = EXCLUDED.webhook, open = EXCLUDED.open;
  RETURN NULL;
END $$;

CREATE TRIGGER preset_version_kept AFTER INSERT OR UPDATE OF webhook, open, version ON preset
  FOR EACH ROW EXECUTE FUNCTION keep_preset_version();

INSERT INTO preset_version (preset_id, version, webhook, open) SELECT id, version, webhook, open FROM preset;
