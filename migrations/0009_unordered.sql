-- Status counts the contacts whose role bounds leave alone, since a custom role has no order. Few decisions say so.
CREATE INDEX event_unordered ON usher.event (workspace, contact_id, seq)
    WHERE kind = 'decision.made' AND body #> '{decision,unordered}' IS NOT NULL;
