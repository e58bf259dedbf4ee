-- The tenant is in the key: what belongs to one round, school or county cannot be tied to another's,
-- whatever the code does.
ALTER TABLE placements_roundschool ADD CONSTRAINT round_school_school_of_county
    FOREIGN KEY (school_id, county_id) REFERENCES schools_school (id, county_id);
ALTER TABLE placements_roundschool ADD CONSTRAINT round_school_round_of_county
    FOREIGN KEY (round_id, county_id) REFERENCES placements_round (id, county_id);

ALTER TABLE placements_round ADD CONSTRAINT round_school_of_its_county
    FOREIGN KEY (school_id, county_id) REFERENCES schools_school (id, county_id);

ALTER TABLE placements_slot ADD CONSTRAINT slot_period_of_round
    FOREIGN KEY (period_id, round_id) REFERENCES placements_period (id, round_id);

ALTER TABLE placements_candidate ADD CONSTRAINT candidate_student_of_school
    FOREIGN KEY (student_id, school_id) REFERENCES schools_student (id, school_id);
ALTER TABLE placements_candidate ADD CONSTRAINT candidate_school_in_round
    FOREIGN KEY (round_id, school_id) REFERENCES placements_roundschool (round_id, school_id);
ALTER TABLE placements_candidate ADD CONSTRAINT candidate_period_of_round
    FOREIGN KEY (period_id, round_id) REFERENCES placements_period (id, round_id);
ALTER TABLE placements_candidate ADD CONSTRAINT candidate_pinned_in_round
    FOREIGN KEY (pinned_slot_id, round_id) REFERENCES placements_slot (id, round_id);

ALTER TABLE placements_assignment ADD CONSTRAINT assignment_run_of_round
    FOREIGN KEY (run_id, round_id) REFERENCES placements_matchingrun (id, round_id);
ALTER TABLE placements_assignment ADD CONSTRAINT assignment_candidate_of_round
    FOREIGN KEY (candidate_id, round_id) REFERENCES placements_candidate (id, round_id);
ALTER TABLE placements_assignment ADD CONSTRAINT assignment_slot_of_round
    FOREIGN KEY (slot_id, round_id) REFERENCES placements_slot (id, round_id);

ALTER TABLE placements_placement ADD CONSTRAINT placement_candidate_of_round
    FOREIGN KEY (candidate_id, round_id, student_id, school_id)
    REFERENCES placements_candidate (id, round_id, student_id, school_id);
ALTER TABLE placements_placement ADD CONSTRAINT placement_slot_of_round
    FOREIGN KEY (slot_id, round_id, period_id) REFERENCES placements_slot (id, round_id, period_id);
ALTER TABLE placements_placement ADD CONSTRAINT placement_run_of_round
    FOREIGN KEY (run_id, round_id) REFERENCES placements_matchingrun (id, round_id);
-- The copy of the days follows the period, so that the exclusion constraint always tells the truth.
ALTER TABLE placements_placement ADD CONSTRAINT placement_days_of_period
    FOREIGN KEY (period_id, days) REFERENCES placements_period (id, days) ON UPDATE CASCADE;
