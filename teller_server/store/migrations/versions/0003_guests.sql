-- Links by which further parties join a visit.

CREATE TABLE guests (
    id VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    secret_hash VARCHAR NOT NULL,
    invited_by VARCHAR NOT NULL,
    invited_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    CONSTRAINT pk_guests PRIMARY KEY (id),
    CONSTRAINT fk_guests_visit FOREIGN KEY(visit) REFERENCES visits (id),
    CONSTRAINT uq_guests_secret_hash UNIQUE (secret_hash)
);

CREATE INDEX ix_guests_visit ON guests (visit);
