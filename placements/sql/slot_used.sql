-- slot.used is what the occupying placements add up to, kept by the database itself. With the CHECK
-- `used <= capacity` no path can place one student too many, nor lower a capacity below its use.
CREATE FUNCTION count_slot_use() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    occupying CONSTANT text[] := ARRAY['planned', 'confirmed', 'completed'];
    left_slot uuid;
    taken_slot uuid;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = ANY (occupying) THEN left_slot := OLD.slot_id; END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = ANY (occupying) THEN taken_slot := NEW.slot_id; END IF;
    IF left_slot IS NOT DISTINCT FROM taken_slot THEN RETURN NULL; END IF;
    IF left_slot IS NOT NULL THEN
        UPDATE placements_slot SET used = used - 1 WHERE id = left_slot;
    END IF;
    IF taken_slot IS NOT NULL THEN
        UPDATE placements_slot SET used = used + 1 WHERE id = taken_slot;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER placement_counts_slot_use
    AFTER INSERT OR DELETE OR UPDATE OF state, slot_id ON placements_placement
    FOR EACH ROW EXECUTE FUNCTION count_slot_use();

-- Only that trigger may write the counter.
CREATE FUNCTION guard_slot_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.used <> 0
        OR TG_OP = 'UPDATE' AND NEW.used <> OLD.used AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'placements_slot.used is counted from placements and cannot be set'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER slot_use_is_counted
    BEFORE INSERT OR UPDATE ON placements_slot FOR EACH ROW EXECUTE FUNCTION guard_slot_use();
