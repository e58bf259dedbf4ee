-- She can be absent only on a day when she should have been there.
CREATE TRIGGER absence_on_practice_day
    BEFORE INSERT OR UPDATE ON placements_absence
    FOR EACH ROW EXECUTE FUNCTION attendance_on_practice_day();

-- An evaluation is given once: if it could change, so could an average, and tell who changed it.
CREATE FUNCTION evaluation_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an evaluation is given once'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'evaluation_unchanged';
END $$;
CREATE TRIGGER evaluation_unchanged
    BEFORE UPDATE ON placements_evaluation FOR EACH ROW EXECUTE FUNCTION evaluation_unchanged();
