"""The guards of tests/network.py: loopback only, and never inside a transaction."""

import socket

import pytest
from django.db import transaction
from tests.network import NetworkRefused
from tests.smtp import SmtpServer


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_connect_to_another_machine_is_refused():
    with pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_public_name_is_not_resolved():
    with pytest.raises(NetworkRefused, match=r"python\.org"):
        socket.getaddrinfo("python.org", 443)


def test_reserved_name_does_not_resolve():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("calendar.invalid", 443)


@pytest.mark.django_db
def test_loopback_outside_a_service_is_allowed(smtp_server: SmtpServer):
    connect(smtp_server.port)


@pytest.mark.django_db
def test_connect_inside_a_transaction_in_a_wrapped_test_is_refused(smtp_server: SmtpServer):
    with pytest.raises(NetworkRefused, match="inside a transaction"), transaction.atomic():
        connect(smtp_server.port)


@pytest.mark.django_db(transaction=True)
def test_connect_inside_an_outermost_transaction_is_refused(smtp_server: SmtpServer):
    with pytest.raises(NetworkRefused, match="inside a transaction"), transaction.atomic():
        connect(smtp_server.port)
