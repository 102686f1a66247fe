-- indexes of what is asked for again and again
CREATE INDEX ix_events_afterwards ON events (name, visit, at)
    WHERE name IN ('Objected', 'ObjectionAnswered', 'Repudiated', 'RepudiationSettled');
CREATE INDEX ix_pairings_teller ON pairings (teller, offered_at);
CREATE INDEX ix_effects_unsettled ON effects (created_at) WHERE state IN ('pending', 'dead_lettered');
CREATE INDEX ix_effects_visit ON effects (visit);
CREATE INDEX ix_notices_given_up ON notices (created_at) WHERE state = 'dead'
