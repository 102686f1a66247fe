-- tables of this revision, one statement after another
CREATE TABLE search_terms (
    visit VARCHAR NOT NULL,
    term VARCHAR NOT NULL,
    CONSTRAINT pk_search_terms PRIMARY KEY (visit, term),
    CONSTRAINT fk_search_terms_visit FOREIGN KEY (visit) REFERENCES visits (id)
);
CREATE INDEX ix_search_terms_term ON search_terms (term);
CREATE TABLE search_visits (
    visit VARCHAR NOT NULL,
    indexed_at BIGINT NOT NULL,
    cut BOOLEAN NOT NULL,
    CONSTRAINT pk_search_visits PRIMARY KEY (visit),
    CONSTRAINT fk_search_visits_visit FOREIGN KEY (visit) REFERENCES visits (id)
)
