"""A test that could not run has not passed: every skip is turned into a failure."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import settings

#: How long an example takes is the machine's affair; how many there are is stated where they are drawn.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def _as_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"could not run, which counts as failed: {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _as_failure(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _as_failure(report)
    return report
