-- The file of an import in parts, kept until the import has ended, so that it can go on in any process after a restart.
CREATE TABLE "import_part" (
    "import_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "import_part_pkey" PRIMARY KEY ("import_id","number")
);

-- Rows that an import did not take, each with the reason; `to_line` is set when a whole batch was not stored.
CREATE TABLE "import_refusal" (
    "import_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "to_line" INTEGER,
    "reason" TEXT NOT NULL,
    "cells" TEXT[] NOT NULL,

    CONSTRAINT "import_refusal_pkey" PRIMARY KEY ("import_id","line")
);

ALTER TABLE "import_part" ADD CONSTRAINT "import_part_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "import_refusal" ADD CONSTRAINT "import_refusal_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "import" DROP COLUMN "refusals";
