"""The demo's mail server: real SMTP in, a Maildir out, and never in production."""

import mailbox
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def catcher(tmp_path):
    """A catcher on a free port, and the folder it keeps mail in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "state" / "mail"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "catch_mail", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "MAIL_CATCHER_DIR": str(folder)},
    )
    deadline = time.monotonic() + 30
    while True:
        try:
            smtplib.SMTP("127.0.0.1", port, timeout=5).quit()
            break
        except OSError:
            assert process.poll() is None, "the catcher ended"
            assert time.monotonic() < deadline, "the catcher never answered"
            time.sleep(0.1)
    yield port, folder, process
    process.kill()
    process.wait()


def test_a_mail_sent_by_django_is_kept_as_it_was(catcher):
    port, folder, process = catcher
    backend = EmailBackend(host="127.0.0.1", port=port, use_tls=False)
    message = EmailMessage("Praksis på Ørland", "Hei, Åse!", "fra@example.no", ["til@example.no"])
    assert backend.send_messages([message]) == 1
    [kept] = mailbox.Maildir(folder)
    assert kept["X-RcptTo"] == "til@example.no"
    assert kept.get_payload(decode=True).decode().strip() == "Hei, Åse!"
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_production_has_no_catcher(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="only with DEMO=true"):
        call_command("catch_mail")


def test_nowhere_to_keep_mail_is_said(settings):
    settings.MAIL_CATCHER_DIR = ""
    with pytest.raises(CommandError, match="MAIL_CATCHER_DIR is not set"):
        call_command("catch_mail")
