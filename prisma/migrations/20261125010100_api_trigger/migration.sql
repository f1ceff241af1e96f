-- One call of another system that lets the audience in: what may be called, who listens, who called.
CREATE TABLE "api_trigger" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "parameters" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_trigger_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "api_trigger_project_id_name_key" ON "api_trigger"("project_id", "name");

ALTER TABLE "api_trigger" ADD CONSTRAINT "api_trigger_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "api_trigger_call" (
    "id" BIGSERIAL NOT NULL,
    "project_id" UUID NOT NULL,
    "trigger_id" UUID NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "caller_id" TEXT,
    "caller_name" TEXT NOT NULL,
    "key_prefix" TEXT,
    "payload" JSONB,
    "runs" BIGINT[] NOT NULL DEFAULT '{}',
    "request_id" TEXT NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_trigger_call_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "api_trigger_call_trigger_id_id_idx" ON "api_trigger_call"("trigger_id", "id");

-- For retention.
CREATE INDEX "api_trigger_call_project_id_last_at_idx" ON "api_trigger_call"("project_id", "last_at");

ALTER TABLE "api_trigger_call" ADD CONSTRAINT "api_trigger_call_trigger_id_fkey" FOREIGN KEY ("trigger_id") REFERENCES "api_trigger"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- When the next call of a project may be accepted. One statement reads and moves it, so that of two calls that come at
-- once the second waits for the row and then sees what the first has written.
CREATE TABLE "api_trigger_pace" (
    "project_id" UUID NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "api_trigger_pace_pkey" PRIMARY KEY ("project_id")
);

ALTER TABLE "api_trigger_pace" ADD CONSTRAINT "api_trigger_pace_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Runs that wait for a call; the call takes the row away and lets the audience in.
CREATE TABLE "api_listener" (
    "run_id" BIGINT NOT NULL,
    "trigger_id" UUID NOT NULL,
    "node" INTEGER NOT NULL,

    CONSTRAINT "api_listener_pkey" PRIMARY KEY ("run_id")
);

CREATE INDEX "api_listener_trigger_id_idx" ON "api_listener"("trigger_id");

ALTER TABLE "api_listener" ADD CONSTRAINT "api_listener_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the call of the run gave, once for everybody in it; null for runs that no call began.
ALTER TABLE "run" ADD COLUMN "called_with" JSONB;
