DROP TRIGGER workplace_tree ON placements_workplace;
DROP FUNCTION refuse_workplace_cycle();
