-- What is known of every contact, and how it was read.

CREATE TABLE usher.contact (
    workspace        text NOT NULL REFERENCES usher.workspace,
    contact_id       text NOT NULL,
    ref              integer NOT NULL,
    raw_digest       bytea NOT NULL,
    document         jsonb NOT NULL,
    email            text,
    first_seen_at    timestamptz NOT NULL,
    changed_seq      bigint NOT NULL,
    touched_seq      bigint NOT NULL DEFAULT 0,
    deleted_at       timestamptz,
    missing_sweep_id bigint,
    grants           jsonb NOT NULL DEFAULT '{}',
    late             jsonb NOT NULL DEFAULT '{}',
    decision_digest  bytea,
    PRIMARY KEY (workspace, contact_id),
    UNIQUE (workspace, ref)
);
COMMENT ON TABLE usher.contact IS 'The snapshot: the last known state of every contact.';
COMMENT ON COLUMN usher.contact.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.contact.contact_id IS 'Pylon''s id of the contact.';
COMMENT ON COLUMN usher.contact.ref IS 'A small number for it, so that a page of a sweep is short to write down.';
COMMENT ON COLUMN usher.contact.raw_digest IS 'SHA-256 of the bytes as last read: the same bytes need no decoding.';
COMMENT ON COLUMN usher.contact.document IS 'The contact as last read, unknown keys included.';
COMMENT ON COLUMN usher.contact.email IS 'Its primary e-mail address in ASCII lower case if that is well-formed, else as it came.';
COMMENT ON COLUMN usher.contact.first_seen_at IS 'When it was first read.';
COMMENT ON COLUMN usher.contact.changed_seq IS 'The event of its last change that rules have to look at.';
COMMENT ON COLUMN usher.contact.touched_seq IS 'The last outcome of a PATCH for it: what was asked for before then is stale.';
COMMENT ON COLUMN usher.contact.deleted_at IS 'When its deletion was proven; null while it exists.';
COMMENT ON COLUMN usher.contact.missing_sweep_id IS 'A complete sweep that did not show it; waits for proof.';
COMMENT ON COLUMN usher.contact.grants IS 'What Usher set, by field: value, value before, rules, action, recent times.';
COMMENT ON COLUMN usher.contact.late IS 'What was sent without a trace so far and may still land, by field.';
COMMENT ON COLUMN usher.contact.decision_digest IS 'The last recorded decision; null is: nothing matched.';

-- People know an address, not an id.
CREATE INDEX contact_by_email ON usher.contact (workspace, email);
-- The few contacts whose absence has to be proven.
CREATE INDEX contact_missing ON usher.contact (workspace, contact_id) WHERE missing_sweep_id IS NOT NULL;

CREATE TABLE usher.sweep (
    workspace    text NOT NULL REFERENCES usher.workspace,
    sweep_id     bigint NOT NULL,
    state        text NOT NULL CHECK (state IN ('running', 'completed', 'aborted')),
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    cursor       text,
    pages        integer NOT NULL DEFAULT 0,
    contacts     integer NOT NULL DEFAULT 0,
    changed      integer NOT NULL DEFAULT 0,
    reason       text,
    PRIMARY KEY (workspace, sweep_id),
    CHECK ((state = 'running') = (finished_at IS NULL))
);
COMMENT ON TABLE usher.sweep IS 'One reading of all contacts, page by page.';
COMMENT ON COLUMN usher.sweep.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.sweep.sweep_id IS 'Its number: 1, 2, 3 …';
COMMENT ON COLUMN usher.sweep.state IS 'running, completed or aborted.';
COMMENT ON COLUMN usher.sweep.started_at IS 'When it began.';
COMMENT ON COLUMN usher.sweep.finished_at IS 'When it ended.';
COMMENT ON COLUMN usher.sweep.cursor IS 'Where its next page begins; null is the first page.';
COMMENT ON COLUMN usher.sweep.pages IS 'Pages recorded.';
COMMENT ON COLUMN usher.sweep.contacts IS 'Contacts on them.';
COMMENT ON COLUMN usher.sweep.changed IS 'How many of those were new or different.';
COMMENT ON COLUMN usher.sweep.reason IS 'Why it was aborted.';

CREATE TABLE usher.sweep_page (
    workspace  text NOT NULL,
    sweep_id   bigint NOT NULL,
    page       integer NOT NULL,
    refs       integer[] NOT NULL,
    PRIMARY KEY (workspace, sweep_id, page),
    FOREIGN KEY (workspace, sweep_id) REFERENCES usher.sweep ON DELETE CASCADE
);
COMMENT ON TABLE usher.sweep_page IS 'What each page of the newest sweep held; older sweeps'' pages are dropped.';
COMMENT ON COLUMN usher.sweep_page.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.sweep_page.sweep_id IS 'The sweep.';
COMMENT ON COLUMN usher.sweep_page.page IS 'The page''s number, from 1.';
COMMENT ON COLUMN usher.sweep_page.refs IS 'The refs of the contacts on it.';
