DROP TRIGGER placement_not_handled_manually ON placements_placement;
DROP TRIGGER candidate_not_handled_manually ON placements_candidate;
DROP FUNCTION refuse_manual_handling();
