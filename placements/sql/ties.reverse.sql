ALTER TABLE placements_pairing DROP CONSTRAINT pairing_other_of_round;
ALTER TABLE placements_pairing DROP CONSTRAINT pairing_one_of_round;
ALTER TABLE placements_quota DROP CONSTRAINT quota_school_in_round;
ALTER TABLE placements_quota DROP CONSTRAINT quota_period_of_round;
