ALTER TABLE placements_swap DROP CONSTRAINT swap_other_of_round;
ALTER TABLE placements_swap DROP CONSTRAINT swap_one_of_round;
