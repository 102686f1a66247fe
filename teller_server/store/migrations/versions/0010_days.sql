-- tables of this revision, one statement after another
CREATE TABLE days (
    day VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    made_at BIGINT NOT NULL,
    CONSTRAINT pk_days PRIMARY KEY (day)
)
