-- What is moved by hand, and the proposal that comes of it, are of one round.
ALTER TABLE placements_boardmove ADD CONSTRAINT board_move_run_of_round
    FOREIGN KEY (run_id, round_id) REFERENCES placements_matchingrun (id, round_id) ON DELETE CASCADE;
ALTER TABLE placements_boardmove ADD CONSTRAINT board_move_candidate_of_round
    FOREIGN KEY (candidate_id, round_id) REFERENCES placements_candidate (id, round_id) ON DELETE CASCADE;
ALTER TABLE placements_boardmove ADD CONSTRAINT board_move_before_of_round
    FOREIGN KEY (before_id, round_id) REFERENCES placements_slot (id, round_id);
ALTER TABLE placements_boardmove ADD CONSTRAINT board_move_after_of_round
    FOREIGN KEY (after_id, round_id) REFERENCES placements_slot (id, round_id);
ALTER TABLE placements_matchingrun ADD CONSTRAINT run_adjusts_of_round
    FOREIGN KEY (adjusts_id, round_id) REFERENCES placements_matchingrun (id, round_id) ON DELETE CASCADE;
