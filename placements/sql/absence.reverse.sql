DROP TRIGGER evaluation_unchanged ON placements_evaluation;
DROP FUNCTION evaluation_unchanged;
DROP TRIGGER absence_on_practice_day ON placements_absence;
