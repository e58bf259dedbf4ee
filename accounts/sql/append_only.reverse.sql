DROP TRIGGER accounts_auditevent_append_only ON accounts_auditevent;
DROP TRIGGER accounts_accesslog_append_only ON accounts_accesslog;
DROP FUNCTION refuse_change();
