-- A grant has one form, in decisions and in what is kept with a contact.
UPDATE usher.contact c
SET grants = (
    SELECT jsonb_object_agg(
        slot,
        CASE WHEN value ? 'mayRaise'
             THEN value - 'mayRaise' || jsonb_build_object('may_raise', value -> 'mayRaise')
             ELSE value END)
    FROM jsonb_each(c.grants) AS g (slot, value))
WHERE grants @? '$.*.mayRaise';
