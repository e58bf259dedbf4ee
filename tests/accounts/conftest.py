"""A real mail server for the tests, which can be told to refuse, to hang up, and to be slow."""

import asyncio
import email
import email.policy
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from launch.demo import free_port


class Sink:
    """Keeps what it accepts. `answers` are given to the next mails, one each; then "250 OK".

    "hang up" takes the mail and closes without a word; "gone" closes before the text.
    """

    def __init__(self):
        self.kept = []
        self.answers = []
        self.on_data = lambda: None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 no such person"
        if self.answers and self.answers[0] == "gone":
            self.answers.pop(0)
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.to_thread(self.on_data)  # it may use the database
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "hang up" or answer.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.kept.append((envelope.rcpt_tos[0], message))
        if answer == "hang up":
            server.transport.abort()
        return answer

    def mails_to(self, address):
        return [message for to, message in self.kept if to == address]


@pytest.fixture
def smtp(settings):
    """Django's mail goes over a socket to this sink, by the product's own backend."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "accounts.smtp.Backend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_TIMEOUT = 5
    yield sink
    controller.stop()


@pytest.fixture
def at_once():
    """Run a function so many times at once, each in a thread with a connection of its own."""

    def run(function, times=2):
        gate = threading.Barrier(times)

        def one(number):
            gate.wait()
            try:
                return function(number)
            finally:
                connection.close()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    return run
