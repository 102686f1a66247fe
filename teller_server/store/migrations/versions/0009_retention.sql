-- tables of this revision, one statement after another
CREATE TABLE retention_events (
    visit VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    told_by VARCHAR NOT NULL,
    told_at BIGINT NOT NULL,
    CONSTRAINT pk_retention_events PRIMARY KEY (visit, event),
    CONSTRAINT fk_retention_events_visit FOREIGN KEY (visit) REFERENCES visits (id)
);
CREATE TABLE legal_holds (
    id VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    set_by VARCHAR NOT NULL,
    set_at BIGINT NOT NULL,
    lifted_by VARCHAR,
    lifted_at BIGINT,
    CONSTRAINT pk_legal_holds PRIMARY KEY (id),
    CONSTRAINT fk_legal_holds_visit FOREIGN KEY (visit) REFERENCES visits (id)
);
CREATE INDEX ix_legal_holds_set ON legal_holds (visit) WHERE lifted_at IS NULL;
CREATE TABLE shred_requests (
    id VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    why TEXT NOT NULL,
    asked_by VARCHAR NOT NULL,
    asked_at BIGINT NOT NULL,
    confirmed_by VARCHAR,
    done_at BIGINT,
    CONSTRAINT pk_shred_requests PRIMARY KEY (id),
    CONSTRAINT fk_shred_requests_visit FOREIGN KEY (visit) REFERENCES visits (id)
);
CREATE UNIQUE INDEX ux_shred_requests_open ON shred_requests (visit) WHERE done_at IS NULL;
CREATE TABLE shreds (
    recording VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    digest VARCHAR NOT NULL,
    document {bytes} NOT NULL,
    signature {bytes} NOT NULL,
    token {bytes} NOT NULL,
    signer_chain {bytes} NOT NULL,
    tsa_chain {bytes} NOT NULL,
    CONSTRAINT pk_shreds PRIMARY KEY (recording),
    CONSTRAINT fk_shreds_visit FOREIGN KEY (visit) REFERENCES visits (id)
)
