-- tables of this revision, one statement after another
CREATE TABLE root_keys (
    name VARCHAR NOT NULL,
    wrapped {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_root_keys PRIMARY KEY (name)
);
CREATE TABLE key_uses (
    id VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    subject VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    actor VARCHAR,
    permission VARCHAR,
    custody_seq INTEGER,
    CONSTRAINT pk_key_uses PRIMARY KEY (id)
);
CREATE INDEX ix_key_uses_at ON key_uses (at);
CREATE TABLE key_checks (
    id INTEGER NOT NULL,
    at BIGINT NOT NULL,
    place VARCHAR NOT NULL,
    read INTEGER NOT NULL,
    findings TEXT NOT NULL,
    CONSTRAINT pk_key_checks PRIMARY KEY (id)
);
