-- A lottery is sealed before matching begins, changes in two places only, each once, and is the only
-- source of a run's seed. A round without one has its own id for seed, which nobody chose either.
CREATE FUNCTION guard_lottery() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    round_state text := (SELECT state FROM placements_round WHERE id = COALESCE(NEW.round_id, OLD.round_id));
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF round_state NOT IN ('draft', 'collecting', 'open')
           OR EXISTS (SELECT 1 FROM placements_matchingrun WHERE round_id = NEW.round_id)
           OR NEW.revealed_at IS NOT NULL OR NEW.outcome <> ''
           OR NEW.commitment <> encode(
               sha256(convert_to(NEW.rules || E'\nsecret ' || NEW.secret, 'UTF8')), 'hex') THEN
            RAISE EXCEPTION 'a lottery is sealed before matching begins'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lottery_sealed_first';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF round_state <> 'draft' THEN
            RAISE EXCEPTION 'a lottery stays as long as its round'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lottery_stays';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.round_id, NEW.rules, NEW.event, NEW.secret, NEW.commitment, NEW.committed_at, NEW.committed_by_id)
       IS DISTINCT FROM
       (OLD.round_id, OLD.rules, OLD.event, OLD.secret, OLD.commitment, OLD.committed_at, OLD.committed_by_id)
       OR (NEW.outcome <> OLD.outcome
           AND (OLD.outcome <> '' OR OLD.revealed_at IS NOT NULL OR OLD.event = ''))
       OR (OLD.revealed_at IS NOT NULL AND NEW.revealed_at IS DISTINCT FROM OLD.revealed_at)
       OR (NEW.revealed_at IS NOT NULL AND NEW.event <> '' AND NEW.outcome = '') THEN
        RAISE EXCEPTION 'a sealed lottery does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lottery_unchanged';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER lottery_guarded
    BEFORE INSERT OR UPDATE OR DELETE ON placements_lottery
    FOR EACH ROW EXECUTE FUNCTION guard_lottery();

CREATE FUNCTION guard_seed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lots placements_lottery;
    wanted text := NEW.round_id::text;
BEGIN
    SELECT * INTO lots FROM placements_lottery WHERE round_id = NEW.round_id;
    IF FOUND THEN
        wanted := encode(sha256(convert_to(
            lots.rules || E'\nsecret ' || lots.secret || E'\noutcome ' || lots.outcome, 'UTF8')), 'hex');
    END IF;
    IF NEW.seed <> wanted OR (FOUND AND lots.revealed_at IS NULL) THEN
        RAISE EXCEPTION 'the seed of a run is the one its round was sealed with'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'run_seed_not_chosen';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER run_seed_guarded
    BEFORE INSERT OR UPDATE OF seed, round_id ON placements_matchingrun
    FOR EACH ROW EXECUTE FUNCTION guard_seed();
