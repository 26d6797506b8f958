"""The server fixture: a real `admitone serve` that can be stopped, killed and started again on the same data."""

from tests.server import Live


def test_server_answers_and_stops_cleanly_on_sigterm(live: Live):
    assert live.is_up()
    assert (live.stop(), live.is_up()) == (0, False)


def test_server_comes_back_after_a_kill(live: Live):
    if not live.is_up():
        live.start()
    live.kill()
    assert not live.is_up()
    live.start()
    with live.client() as client:
        assert client.get("/healthz").status_code == 200
