-- What the bank vouches for, as it was said: rows are added, never changed.

CREATE TABLE attestations (
    id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    given_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    given_by VARCHAR NOT NULL,
    note TEXT NOT NULL,
    demo BOOLEAN NOT NULL,
    CONSTRAINT pk_attestations PRIMARY KEY (id)
);

CREATE INDEX ix_attestations_kind ON attestations (kind, given_at);
