-- A student who is handled by hand is in no matching and has no published place.
CREATE FUNCTION refuse_manual_handling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM schools_student WHERE id = NEW.student_id AND manual_handling) THEN
        RAISE EXCEPTION 'a student who is handled manually cannot be in a round'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'manual_handling';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER candidate_not_handled_manually
    BEFORE INSERT OR UPDATE OF student_id ON placements_candidate
    FOR EACH ROW EXECUTE FUNCTION refuse_manual_handling();
CREATE TRIGGER placement_not_handled_manually
    BEFORE INSERT OR UPDATE OF student_id ON placements_placement
    FOR EACH ROW EXECUTE FUNCTION refuse_manual_handling();
