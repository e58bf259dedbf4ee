DROP TRIGGER slot_use_is_counted ON placements_slot;
DROP TRIGGER placement_counts_slot_use ON placements_placement;
DROP FUNCTION guard_slot_use();
DROP FUNCTION count_slot_use();
