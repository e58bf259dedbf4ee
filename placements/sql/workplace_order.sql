-- A workplace's order names only those who are in the round it is for.
ALTER TABLE placements_workplaceorder ADD CONSTRAINT order_candidate_of_round
    FOREIGN KEY (candidate_id, round_id) REFERENCES placements_candidate (id, round_id);
