-- Tokens of integrations that log in, one for all workers.
CREATE TABLE "integration_token" (
    "integration_id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "sealed" BYTEA,
    "obtained_at" TIMESTAMPTZ(3) NOT NULL,
    "refusal" TEXT,
    "refused_until" TIMESTAMPTZ(3),

    CONSTRAINT "integration_token_pkey" PRIMARY KEY ("integration_id")
);

-- Values of secret headers.
CREATE TABLE "secret" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "origin" TEXT,
    "sealed" BYTEA NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "secret_project_id_idx" ON "secret"("project_id");

ALTER TABLE "integration_token" ADD CONSTRAINT "integration_token_integration_id_fkey" FOREIGN KEY ("integration_id") REFERENCES "integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "secret" ADD CONSTRAINT "secret_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
