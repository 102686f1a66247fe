-- tables of this revision, one statement after another
CREATE TABLE bank_keys (
    id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    secret_hash VARCHAR NOT NULL,
    scopes TEXT NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT pk_bank_keys PRIMARY KEY (id)
);
CREATE TABLE bank_answers (
    bank_key VARCHAR NOT NULL,
    request_key VARCHAR NOT NULL,
    request_hash VARCHAR NOT NULL,
    status INTEGER,
    body TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_bank_answers PRIMARY KEY (bank_key, request_key)
);
