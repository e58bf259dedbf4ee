-- Units form a tree: no workplace is above itself, however far up.
CREATE FUNCTION refuse_workplace_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NOT NULL AND EXISTS (
        WITH RECURSIVE above AS (
            SELECT id, parent_id FROM placements_workplace WHERE id = NEW.parent_id
            UNION
            SELECT w.id, w.parent_id FROM placements_workplace w JOIN above ON w.id = above.parent_id
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a workplace cannot belong to one of its own units'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'workplace_tree';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER workplace_tree
    BEFORE INSERT OR UPDATE OF parent_id ON placements_workplace
    FOR EACH ROW EXECUTE FUNCTION refuse_workplace_cycle();
