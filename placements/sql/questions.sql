-- A question and whom it is about are of one round.
ALTER TABLE placements_question ADD CONSTRAINT question_run_of_round
    FOREIGN KEY (run_id, round_id) REFERENCES placements_matchingrun (id, round_id) ON DELETE CASCADE;
ALTER TABLE placements_question ADD CONSTRAINT question_candidate_of_round
    FOREIGN KEY (candidate_id, round_id) REFERENCES placements_candidate (id, round_id) ON DELETE CASCADE;
