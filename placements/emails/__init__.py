"""The mails this app can write, registered with the outbox by kind."""
