-- Both places of a swap are of its own round.
ALTER TABLE placements_swap ADD CONSTRAINT swap_one_of_round
    FOREIGN KEY (one_id, round_id) REFERENCES placements_placement (id, round_id) ON DELETE CASCADE;
ALTER TABLE placements_swap ADD CONSTRAINT swap_other_of_round
    FOREIGN KEY (other_id, round_id) REFERENCES placements_placement (id, round_id) ON DELETE CASCADE;
