DROP TRIGGER run_seed_guarded ON placements_matchingrun;
DROP FUNCTION guard_seed();
DROP TRIGGER lottery_guarded ON placements_lottery;
DROP FUNCTION guard_lottery();
