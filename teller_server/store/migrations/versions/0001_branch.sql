-- The first tables of the branch, as they were when it opened. Both databases read this file;
-- {bytes} is BLOB or BYTEA. Never edit it: later changes are later migrations.

CREATE TABLE accounts (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    display_name VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    roles VARCHAR NOT NULL,
    skills VARCHAR NOT NULL,
    languages VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    totp_secret TEXT,
    totp_step BIGINT,
    failures INTEGER NOT NULL,
    locked_until BIGINT,
    disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_accounts PRIMARY KEY (id),
    CONSTRAINT uq_accounts_name UNIQUE (name),
    CONSTRAINT uq_accounts_number UNIQUE (number)
);

CREATE TABLE handoffs (
    code_hash VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT pk_handoffs PRIMARY KEY (code_hash)
);

CREATE INDEX ix_handoffs_subject ON handoffs (subject);

CREATE TABLE invitations (
    id VARCHAR NOT NULL,
    secret_hash VARCHAR NOT NULL,
    service VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    customer VARCHAR NOT NULL,
    sealed TEXT NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    CONSTRAINT pk_invitations PRIMARY KEY (id),
    CONSTRAINT uq_invitations_secret_hash UNIQUE (secret_hash)
);

CREATE TABLE lanes (
    lane VARCHAR NOT NULL,
    letter VARCHAR NOT NULL,
    day VARCHAR NOT NULL,
    taken INTEGER NOT NULL,
    CONSTRAINT pk_lanes PRIMARY KEY (lane),
    CONSTRAINT uq_lanes_letter UNIQUE (letter)
);

CREATE TABLE visits (
    id VARCHAR NOT NULL,
    service VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    customer VARCHAR NOT NULL,
    authenticated BOOLEAN NOT NULL,
    state VARCHAR NOT NULL,
    outcome VARCHAR,
    effect VARCHAR NOT NULL,
    ticket VARCHAR,
    teller VARCHAR,
    owner VARCHAR,
    recording VARCHAR,
    opened_at BIGINT NOT NULL,
    accepted_at BIGINT,
    began_at BIGINT,
    ended_at BIGINT,
    closed_at BIGINT,
    version INTEGER NOT NULL,
    head VARCHAR NOT NULL,
    snapshot TEXT NOT NULL,
    CONSTRAINT pk_visits PRIMARY KEY (id)
);

CREATE INDEX ix_visits_customer ON visits (customer, opened_at);

CREATE INDEX ix_visits_history ON visits (service, language, ended_at);

CREATE INDEX ix_visits_live ON visits (state) WHERE state <> 'closed';

CREATE INDEX ix_visits_opened ON visits (opened_at);

CREATE UNIQUE INDEX ux_visits_one_per_teller ON visits (owner) WHERE owner IS NOT NULL;

CREATE TABLE web_sessions (
    key VARCHAR NOT NULL,
    audience VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    fresh_until BIGINT,
    CONSTRAINT pk_web_sessions PRIMARY KEY (key)
);

CREATE INDEX ix_web_sessions_subject ON web_sessions (audience, subject);

CREATE TABLE wire_sessions (
    session VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    token_hash VARCHAR NOT NULL,
    last_seq INTEGER NOT NULL,
    current BOOLEAN NOT NULL,
    CONSTRAINT pk_wire_sessions PRIMARY KEY (session),
    CONSTRAINT uq_wire_sessions_token_hash UNIQUE (token_hash)
);

CREATE UNIQUE INDEX ux_wire_sessions_current ON wire_sessions (subject) WHERE current;

CREATE TABLE commands (
    visit VARCHAR NOT NULL,
    command VARCHAR NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_commands PRIMARY KEY (visit, command),
    CONSTRAINT fk_commands_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE TABLE custody (
    visit VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    at BIGINT NOT NULL,
    actor VARCHAR NOT NULL,
    act VARCHAR NOT NULL,
    detail TEXT NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    CONSTRAINT pk_custody PRIMARY KEY (visit, seq),
    CONSTRAINT fk_custody_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE TABLE data_keys (
    recording VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    wrapped {bytes},
    context {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    shredded_at BIGINT,
    CONSTRAINT pk_data_keys PRIMARY KEY (recording),
    CONSTRAINT fk_data_keys_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE TABLE effects (
    key VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    effect VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    lease VARCHAR,
    created_at BIGINT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_effects PRIMARY KEY (key),
    CONSTRAINT fk_effects_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE INDEX ix_effects_due ON effects (due_at) WHERE state = 'pending';

CREATE TABLE events (
    visit VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    at BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    body TEXT NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (visit, seq),
    CONSTRAINT fk_events_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE TABLE pairings (
    id VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    teller VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    offered_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    ended_at BIGINT,
    reason TEXT,
    CONSTRAINT pk_pairings PRIMARY KEY (id),
    CONSTRAINT fk_pairings_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE INDEX ix_pairings_due ON pairings (expires_at) WHERE state = 'offered';

CREATE INDEX ix_pairings_visit_teller ON pairings (visit, teller);

CREATE UNIQUE INDEX ux_pairings_accepted_once ON pairings (visit) WHERE accepted_at IS NOT NULL;

CREATE UNIQUE INDEX ux_pairings_live_teller ON pairings (teller) WHERE state IN ('offered', 'live');

CREATE UNIQUE INDEX ux_pairings_live_visit ON pairings (visit) WHERE state IN ('offered', 'live');

CREATE TABLE presence (
    teller VARCHAR NOT NULL,
    wish VARCHAR NOT NULL,
    reason VARCHAR,
    since BIGINT NOT NULL,
    free_since BIGINT NOT NULL,
    CONSTRAINT pk_presence PRIMARY KEY (teller),
    CONSTRAINT fk_presence_teller FOREIGN KEY(teller) REFERENCES accounts (id)
);

CREATE TABLE recordings (
    id VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    directory VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    started_at BIGINT NOT NULL,
    sealed_at BIGINT,
    manifest VARCHAR,
    verdict VARCHAR,
    duration_ms BIGINT,
    CONSTRAINT pk_recordings PRIMARY KEY (id),
    CONSTRAINT fk_recordings_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE INDEX ix_recordings_visit ON recordings (visit);

CREATE TABLE sealed_fields (
    visit VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    sealed TEXT,
    lookup VARCHAR,
    CONSTRAINT pk_sealed_fields PRIMARY KEY (visit, name),
    CONSTRAINT fk_sealed_fields_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE INDEX ix_sealed_fields_lookup ON sealed_fields (name, lookup);

CREATE TABLE teller_lanes (
    teller VARCHAR NOT NULL,
    skill VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    CONSTRAINT pk_teller_lanes PRIMARY KEY (teller, skill, language),
    CONSTRAINT fk_teller_lanes_teller FOREIGN KEY(teller) REFERENCES accounts (id)
);

CREATE INDEX ix_teller_lanes_lane ON teller_lanes (skill, language);

CREATE TABLE tickets (
    visit VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    skill VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    enqueued_at BIGINT NOT NULL,
    queue_key BIGINT NOT NULL,
    priority INTEGER NOT NULL,
    sticky VARCHAR,
    sticky_until BIGINT,
    away BOOLEAN NOT NULL,
    state VARCHAR NOT NULL,
    CONSTRAINT pk_tickets PRIMARY KEY (visit),
    CONSTRAINT fk_tickets_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE INDEX ix_tickets_line ON tickets (skill, language, queue_key, visit) WHERE state = 'waiting';

CREATE INDEX ix_tickets_sticky
    ON tickets (sticky, queue_key)
    WHERE state = 'waiting' AND sticky IS NOT NULL;

CREATE TABLE view_grants (
    grant_hash VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    custody_seq INTEGER NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_view_grants PRIMARY KEY (grant_hash),
    CONSTRAINT fk_view_grants_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE TABLE wire_inbox (
    session VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    CONSTRAINT pk_wire_inbox PRIMARY KEY (session, message),
    CONSTRAINT fk_wire_inbox_session FOREIGN KEY(session) REFERENCES wire_sessions (session)
);

CREATE TABLE wire_outbox (
    session VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    type VARCHAR NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_wire_outbox PRIMARY KEY (session, seq),
    CONSTRAINT fk_wire_outbox_session FOREIGN KEY(session) REFERENCES wire_sessions (session)
);

CREATE TABLE heads (
    recording VARCHAR NOT NULL,
    n INTEGER NOT NULL,
    at BIGINT NOT NULL,
    digest VARCHAR NOT NULL,
    stamped BOOLEAN NOT NULL,
    CONSTRAINT pk_heads PRIMARY KEY (recording, n),
    CONSTRAINT fk_heads_recording FOREIGN KEY(recording) REFERENCES recordings (id)
);

CREATE TABLE objects (
    recording VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    visit VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_objects PRIMARY KEY (recording, digest),
    CONSTRAINT fk_objects_recording FOREIGN KEY(recording) REFERENCES recordings (id),
    CONSTRAINT fk_objects_visit FOREIGN KEY(visit) REFERENCES visits (id)
);

CREATE INDEX ix_objects_visit ON objects (visit);
