-- What somebody has agreed to stays as it was read: the words, and who agreed when.
CREATE FUNCTION agreement_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.placement_id, NEW.language, NEW.text, NEW.sha256, NEW.created_at)
       IS DISTINCT FROM (OLD.placement_id, OLD.language, OLD.text, OLD.sha256, OLD.created_at) THEN
        RAISE EXCEPTION 'the words of an agreement are locked'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_unchanged';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_unchanged
    BEFORE UPDATE ON placements_agreement FOR EACH ROW EXECUTE FUNCTION agreement_unchanged();

CREATE FUNCTION agreement_words_hashed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the seal of an agreement is that of its words'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_words_hashed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_words_hashed
    BEFORE INSERT ON placements_agreement FOR EACH ROW EXECUTE FUNCTION agreement_words_hashed();

CREATE FUNCTION consent_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an agreement that was given is not rewritten'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_unchanged';
END $$;
CREATE TRIGGER consent_unchanged
    BEFORE UPDATE ON placements_consent FOR EACH ROW EXECUTE FUNCTION consent_unchanged();
