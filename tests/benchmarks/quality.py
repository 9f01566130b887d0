"""Human labels: how far what Winnow says of a text agrees with what people said, always on texts it has not learnt from."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks import toxicity


def report() -> Iterator[str]:
    """Markdown, table by table."""
    yield "\n".join(toxicity.report())
