-- Attendance is of practice days only, and of those the student had: the placement's days, from the day she
-- came to the day it was broken off. The placement is held meanwhile, so that it cannot end in between.
CREATE FUNCTION attendance_on_practice_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stay placements_placement;
BEGIN
    SELECT * INTO stay FROM placements_placement WHERE id = NEW.placement_id FOR SHARE;
    IF NOT NEW.day <@ stay.days
       OR NEW.day < stay.starts_on
       OR NEW.day >= stay.ended_from
       OR (stay.state IN ('declined', 'withdrawn') AND stay.ended_from IS NULL) THEN
        RAISE EXCEPTION 'attendance is noted on practice days of the placement only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attendance_on_practice_day';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER attendance_on_practice_day
    BEFORE INSERT OR UPDATE ON placements_attendance
    FOR EACH ROW EXECUTE FUNCTION attendance_on_practice_day();

-- The other way round: days that somebody has noted stay in the placement.
CREATE FUNCTION placement_keeps_noted_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM placements_attendance a
                WHERE a.placement_id = NEW.id
                  AND (NOT a.day <@ NEW.days OR a.day < NEW.starts_on OR a.day >= NEW.ended_from
                       OR (NEW.state IN ('declined', 'withdrawn') AND NEW.ended_from IS NULL))) THEN
        RAISE EXCEPTION 'attendance has been noted on a day that would no longer be a practice day'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'placement_keeps_noted_days';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER placement_keeps_noted_days
    AFTER UPDATE OF days, starts_on, ended_from, state ON placements_placement
    FOR EACH ROW EXECUTE FUNCTION placement_keeps_noted_days();
