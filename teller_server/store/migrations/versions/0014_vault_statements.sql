-- tables of this revision, one statement after another
CREATE TABLE vault_statements (
    name VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    locked_until BIGINT,
    stored_at BIGINT NOT NULL,
    CONSTRAINT pk_vault_statements PRIMARY KEY (name)
)
