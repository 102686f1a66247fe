-- What goes out: events to the bank's systems, notices to customers.

CREATE TABLE webhook_endpoints (
    id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    types VARCHAR NOT NULL,
    secret TEXT NOT NULL,
    former TEXT,
    former_until BIGINT,
    state VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id)
);

CREATE TABLE webhook_events (
    id VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_webhook_events PRIMARY KEY (id),
    CONSTRAINT fk_webhook_events_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE TABLE webhook_deliveries (
    event VARCHAR NOT NULL,
    endpoint VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    lease VARCHAR,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    detail VARCHAR NOT NULL,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (event, endpoint),
    CONSTRAINT fk_webhook_deliveries_event FOREIGN KEY(event) REFERENCES webhook_events (id),
    CONSTRAINT fk_webhook_deliveries_endpoint FOREIGN KEY(endpoint) REFERENCES webhook_endpoints (id)
);

CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (endpoint, due_at) WHERE state = 'pending';

CREATE INDEX ix_webhook_deliveries_endpoint ON webhook_deliveries (endpoint, created_at);

CREATE TABLE notices (
    id VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    receiver VARCHAR NOT NULL,
    sealed TEXT NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    lease VARCHAR,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    detail VARCHAR NOT NULL,
    CONSTRAINT pk_notices PRIMARY KEY (id),
    CONSTRAINT fk_notices_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE INDEX ix_notices_due ON notices (due_at) WHERE state = 'pending';

CREATE INDEX ix_notices_visit ON notices (visit);
