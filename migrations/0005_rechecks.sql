-- While all contacts are evaluated again, what was decided before this event may be out of date.
ALTER TABLE usher.workspace ADD COLUMN recheck_seq bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN usher.workspace.recheck_seq IS 'The last event before all contacts were last evaluated again: what was decided before it is sent only once its contact has been evaluated again.';
