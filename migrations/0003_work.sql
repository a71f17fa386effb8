-- Rules in force, work still to be done, and the right to send.

CREATE TABLE usher.ruleset (
    workspace     text NOT NULL REFERENCES usher.workspace,
    ruleset_hash  text NOT NULL,
    sources       jsonb NOT NULL,
    first_active_at timestamptz NOT NULL,
    PRIMARY KEY (workspace, ruleset_hash)
);
COMMENT ON TABLE usher.ruleset IS 'Every ruleset that was ever active, with its files.';
COMMENT ON COLUMN usher.ruleset.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.ruleset.ruleset_hash IS 'SHA-256 of its files.';
COMMENT ON COLUMN usher.ruleset.sources IS 'Its files: [{path, text}].';
COMMENT ON COLUMN usher.ruleset.first_active_at IS 'When it was first activated.';

CREATE TABLE usher.action (
    workspace     text NOT NULL REFERENCES usher.workspace,
    action_id     bigint NOT NULL,
    contact_id    text NOT NULL,
    state         text NOT NULL CHECK (state IN ('ready', 'sending', 'unknown', 'blocked')),
    ruleset_hash  text NOT NULL,
    desired       jsonb NOT NULL,
    rules         jsonb NOT NULL,
    sent          jsonb,
    sent_before   jsonb,
    refused       jsonb NOT NULL DEFAULT '{}',
    one_by_one    boolean NOT NULL DEFAULT false,
    next          jsonb,
    priority      smallint NOT NULL,
    due_at        timestamptz NOT NULL,
    attempt       integer NOT NULL DEFAULT 0,
    unsettled     integer NOT NULL DEFAULT 0,
    fence         bigint NOT NULL DEFAULT 0,
    holder        text,
    lease_until   timestamptz,
    cause_seq     bigint,
    PRIMARY KEY (workspace, action_id),
    UNIQUE (workspace, contact_id),
    -- What was sent is frozen from the intent until its outcome is known; it may never be.
    CHECK (CASE state WHEN 'ready' THEN sent IS NULL WHEN 'blocked' THEN true
           ELSE sent IS NOT NULL END),
    CHECK ((sent IS NULL) = (sent_before IS NULL)),
    CHECK ((state = 'ready') = (cause_seq IS NULL)),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL AND holder IS NOT NULL)),
    CHECK (next IS NULL OR sent IS NOT NULL)
);
COMMENT ON TABLE usher.action IS 'Work still to be done, at most one per contact. Finished actions live in the log alone.';
COMMENT ON COLUMN usher.action.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.action.action_id IS 'The seq of the decision that wanted it.';
COMMENT ON COLUMN usher.action.contact_id IS 'The contact.';
COMMENT ON COLUMN usher.action.state IS 'ready to be sent, sending, unknown (to be settled by reading back), blocked (refused, or not to be settled).';
COMMENT ON COLUMN usher.action.ruleset_hash IS 'The ruleset that wants it; only the active one''s actions are sent.';
COMMENT ON COLUMN usher.action.desired IS 'The values still to be set, by field.';
COMMENT ON COLUMN usher.action.rules IS 'Which rules want each field.';
COMMENT ON COLUMN usher.action.sent IS 'The values of the request whose outcome is not known.';
COMMENT ON COLUMN usher.action.sent_before IS 'What those fields held when it was sent.';
COMMENT ON COLUMN usher.action.refused IS 'The fields that the API refused, and how.';
COMMENT ON COLUMN usher.action.one_by_one IS 'A patch of several fields was refused, so they go singly.';
COMMENT ON COLUMN usher.action.next IS 'A newer wish, which waits for the outcome: {action_id, ruleset_hash, desired, rules, priority}.';
COMMENT ON COLUMN usher.action.priority IS '0 lowers access, 1 is anything else, 2 grants access.';
COMMENT ON COLUMN usher.action.due_at IS 'Not sent, or not read back, before then.';
COMMENT ON COLUMN usher.action.attempt IS 'Requests intended so far.';
COMMENT ON COLUMN usher.action.unsettled IS 'Answers in a row that settled nothing.';
COMMENT ON COLUMN usher.action.fence IS 'Grows with every claim: the answer to an older one is late.';
COMMENT ON COLUMN usher.action.holder IS 'The process that sends it.';
COMMENT ON COLUMN usher.action.lease_until IS 'When that process counts as dead.';
COMMENT ON COLUMN usher.action.cause_seq IS 'What the next event about it follows from: the intent under way, or what blocked it.';

-- The next actions to send or to settle.
CREATE INDEX action_due ON usher.action (workspace, state, priority, due_at);

CREATE TABLE usher.hold (
    workspace   text NOT NULL REFERENCES usher.workspace,
    contact_id  text NOT NULL,
    field       text NOT NULL,
    reason      text NOT NULL,
    wish        jsonb NOT NULL,
    placed_seq  bigint NOT NULL,
    placed_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace, contact_id, field)
);
COMMENT ON TABLE usher.hold IS 'Wishes that wait for a person, one per contact and field. The contact * stands for the workspace.';
COMMENT ON COLUMN usher.hold.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.hold.contact_id IS 'The contact, or * for a mass delete.';
COMMENT ON COLUMN usher.hold.field IS 'The field; contacts for a mass delete.';
COMMENT ON COLUMN usher.hold.reason IS 'own_changes (too many by Usher itself) or mass_delete.';
COMMENT ON COLUMN usher.hold.wish IS 'What is held: the value and its rules, or how many contacts are missing.';
COMMENT ON COLUMN usher.hold.placed_seq IS 'The event that placed it.';
COMMENT ON COLUMN usher.hold.placed_at IS 'When.';

CREATE TABLE usher.budget (
    workspace     text NOT NULL REFERENCES usher.workspace,
    endpoint      text NOT NULL,
    next_send_at  timestamptz NOT NULL,
    PRIMARY KEY (workspace, endpoint)
);
COMMENT ON TABLE usher.budget IS 'The pace of one endpoint. Its row lock is the only door to permits.';
COMMENT ON COLUMN usher.budget.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.budget.endpoint IS 'list, get, create, update, delete, search or me.';
COMMENT ON COLUMN usher.budget.next_send_at IS 'Sends of a backlog are spread: not before then.';

-- LOGGED on purpose: losing permits in a crash would refill the budget.
CREATE TABLE usher.permit (
    workspace  text NOT NULL,
    endpoint   text NOT NULL,
    permit     integer NOT NULL CHECK (permit > 0),
    free_at    timestamptz NOT NULL,
    holder     text,
    taken      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace, endpoint, permit),
    FOREIGN KEY (workspace, endpoint) REFERENCES usher.budget
);
COMMENT ON TABLE usher.permit IS 'The right to send one request now. Free again one window after the answer was seen.';
COMMENT ON COLUMN usher.permit.workspace IS 'The workspace.';
COMMENT ON COLUMN usher.permit.endpoint IS 'The endpoint.';
COMMENT ON COLUMN usher.permit.permit IS 'Its number: 1 to the limit.';
COMMENT ON COLUMN usher.permit.free_at IS 'When it may be taken again; while held, one window after its holder''s lease.';
COMMENT ON COLUMN usher.permit.holder IS 'The process that took it last.';
COMMENT ON COLUMN usher.permit.taken IS 'Grows with every taking: only the last taker can give it back.';
