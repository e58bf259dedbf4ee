DROP TRIGGER consent_unchanged ON placements_consent;
DROP FUNCTION consent_unchanged;
DROP TRIGGER agreement_words_hashed ON placements_agreement;
DROP FUNCTION agreement_words_hashed;
DROP TRIGGER agreement_unchanged ON placements_agreement;
DROP FUNCTION agreement_unchanged;
