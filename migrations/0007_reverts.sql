-- What gives back is not given back in its turn.
ALTER TABLE usher.action ADD COLUMN reverts text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN usher.action.reverts IS 'The fields in which a rule gives back what it had set, since it is not true any more.';

CREATE OR REPLACE VIEW audit.decisions AS
SELECT
    e.workspace,
    e.seq,
    e.contact_id,
    e.body ->> 'ruleset_hash' AS ruleset_hash,
    e.body #> '{decision,matched}' AS matched,
    e.body #> '{decision,beaten}' AS beaten,
    e.body #> '{decision,wishes}' AS wishes,
    e.body ->> 'result' AS result,
    e.recorded_at AS decided_at,
    e.body #> '{decision,conflicts}' AS conflicts,
    e.body #> '{decision,shadow}' AS shadow,
    e.body #> '{decision,denied}' AS denied,
    e.body #> '{decision,violated}' AS violated,
    e.body -> 'held' AS held,
    e.body #> '{decision,excepted}' AS excepted,
    e.body #> '{decision,reverted}' AS reverted
FROM usher.event e
WHERE e.kind = 'decision.made';
COMMENT ON COLUMN audit.decisions.held IS 'The rules whose wish waits for a person, by field; null is none.';
COMMENT ON COLUMN audit.decisions.excepted IS 'The rules that an exception kept from acting; null is none.';
COMMENT ON COLUMN audit.decisions.reverted IS 'What rules give back that are not true any more; null is nothing.';
