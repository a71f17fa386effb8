-- A workspace that ended: its log stays for auditors, and its row with it, so that the log goes on
-- where it stopped if a workspace of the name comes again.
ALTER TABLE usher.workspace ADD COLUMN forgotten_at timestamptz;
COMMENT ON COLUMN usher.workspace.forgotten_at IS 'When an operator had it forgotten: only its log and its rulesets are left; null while it exists.';

-- Auditors see it all the same, and since when it is gone.
CREATE OR REPLACE VIEW audit.workspaces AS
SELECT w.workspace, w.created_at, w.ruleset_hash, w.forgotten_at
FROM usher.workspace w;
COMMENT ON COLUMN audit.workspaces.forgotten_at IS 'When it was forgotten (usher workspace forget): its log stays; null while it exists.';
