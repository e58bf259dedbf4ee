-- A quota names a period and a school of its own round; a pair names two who are in it.
ALTER TABLE placements_quota ADD CONSTRAINT quota_period_of_round
    FOREIGN KEY (period_id, round_id) REFERENCES placements_period (id, round_id);
ALTER TABLE placements_quota ADD CONSTRAINT quota_school_in_round
    FOREIGN KEY (round_id, school_id) REFERENCES placements_roundschool (round_id, school_id);
ALTER TABLE placements_pairing ADD CONSTRAINT pairing_one_of_round
    FOREIGN KEY (one_id, round_id) REFERENCES placements_candidate (id, round_id) ON DELETE CASCADE;
ALTER TABLE placements_pairing ADD CONSTRAINT pairing_other_of_round
    FOREIGN KEY (other_id, round_id) REFERENCES placements_candidate (id, round_id) ON DELETE CASCADE;
