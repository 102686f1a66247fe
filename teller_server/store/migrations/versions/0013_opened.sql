-- tables of this revision, one statement after another
CREATE TABLE custody_chain (
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    visit VARCHAR,
    seq INTEGER,
    actor VARCHAR NOT NULL,
    act VARCHAR NOT NULL,
    detail TEXT NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    CONSTRAINT pk_custody_chain PRIMARY KEY (n)
);
CREATE UNIQUE INDEX ux_custody_chain_entry ON custody_chain (visit, seq);
CREATE TABLE view_requests (
    id VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    from_ms BIGINT,
    until_ms BIGINT,
    purpose TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_by VARCHAR,
    decided_at BIGINT,
    approved BOOLEAN,
    reason TEXT,
    used_at BIGINT,
    CONSTRAINT pk_view_requests PRIMARY KEY (id),
    CONSTRAINT fk_view_requests_visit FOREIGN KEY (visit) REFERENCES visits (id)
);
CREATE INDEX ix_view_requests_asked ON view_requests (asked_at);
ALTER TABLE view_grants ADD COLUMN kind VARCHAR NOT NULL DEFAULT 'view';
ALTER TABLE view_grants ADD COLUMN from_ms BIGINT;
ALTER TABLE view_grants ADD COLUMN until_ms BIGINT;
ALTER TABLE accounts ADD COLUMN changed_at BIGINT;
ALTER TABLE web_sessions ADD COLUMN proof VARCHAR
