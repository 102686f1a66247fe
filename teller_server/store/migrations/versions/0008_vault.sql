-- tables of this revision, one statement after another
CREATE TABLE vault_tasks (
    recording VARCHAR NOT NULL,
    wanted_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    error VARCHAR,
    done_at BIGINT,
    CONSTRAINT pk_vault_tasks PRIMARY KEY (recording),
    CONSTRAINT fk_vault_tasks_recording FOREIGN KEY (recording) REFERENCES recordings (id)
);
CREATE INDEX ix_vault_tasks_due ON vault_tasks (due_at) WHERE done_at IS NULL;
CREATE TABLE vault_files (
    recording VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    locked_until BIGINT,
    stored_at BIGINT NOT NULL,
    CONSTRAINT pk_vault_files PRIMARY KEY (recording, name),
    CONSTRAINT fk_vault_files_recording FOREIGN KEY (recording) REFERENCES recordings (id)
);
