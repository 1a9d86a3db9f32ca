"""What the generator of open loads can offer by itself: against nginx, which answers at once."""

import peer
import openloop
import report
from calls import Requests

RATES = (1_000, 5_000, 10_000, 20_000, 40_000, 80_000)
SECONDS = 3


def measure(run, scenario):
    """Each rate against nginx with the answer to the scenario's call."""
    requests = Requests(run.service, scenario, run.calls, run.service.workspaces[:1])
    other = peer.nginx("nginx", run.service, requests, None)
    # An open load's keys at their defaults.
    scenario.arrivals, scenario.max_connections, scenario.patience, scenario.keep_alive = "poisson", 256, 10, True
    rows = []
    try:
        for rate in RATES:
            offer = openloop.Offer(other.origin, requests, scenario, rate, SECONDS)
            try:
                found = offer.finish()
            finally:
                offer.stop()
            openloop.verify(scenario, found)
            rows.append([
                f"{rate:,}", f"{found['goodput']:,.0f}", f"{found['latency']['p50_ms']:.2f}",
                f"{found['latency']['p99_ms']:.2f}", f"{found['lateness']['p50_ms']:.2f}",
                f"{found['lateness']['p99_ms']:.2f}", f"{found['generator_seconds'] / SECONDS:.2f}",
            ])
    finally:
        other.stop()
    return "\n".join(report.table(
        ["offered/s", "answered/s", "p50 ms", "p99 ms", "late, p50 ms", "late, p99 ms", "generator, cores"], rows
    ))
