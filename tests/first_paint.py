"""`make paint DATA=folder`: how soon the page can be read and used, and a first question is answered, cold and warm.

Cold is a server that has just started and a browser that has never been there; warm is the same page again. Seconds.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from serving import served

from ingest.index.generation import DataFolder

_QUESTIONS = ("Hoe houdt een gemeente woningen betaalbaar?", "Wat vraagt samenleven van bewoners?")
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
_USABLE = "own.go !== null && performance.now() / 1000"


def opened(page: Page, address: str) -> tuple[float, float]:
    """When the first text stood there, and when a question could be asked."""
    page.goto(address)
    page.wait_for_selector("a.example")
    usable = page.wait_for_function(_USABLE).json_value()
    return float(page.evaluate(_PAINT)), float(usable)


def answered(page: Page, question: str) -> float:
    """From sending a question to its answer."""
    page.fill("#question textarea", question)
    began = time.perf_counter()
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f".result[data-address]:has-text('{question}')")
    return time.perf_counter() - began


def measure(browser: Browser, data: DataFolder, times: dict[str, list[float]]) -> None:
    """One server, one visitor."""
    began = time.perf_counter()
    with served(data) as address:
        times["server ready"].append(time.perf_counter() - began)
        page = browser.new_page()
        page.set_default_timeout(60_000)
        for state, question in zip(("cold", "warm"), _QUESTIONS, strict=True):
            paint, usable = opened(page, address)
            times[f"first text, {state}"].append(paint)
            times[f"ready to ask, {state}"].append(usable)
            times[f"answer, {state}"].append(answered(page, question))
        page.context.close()


def main() -> None:
    """Print the median of every time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    times: dict[str, list[float]] = defaultdict(list)
    with sync_playwright() as playwright:
        for _ in range(given.times):
            # a browser of its own each time: it has kept nothing
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            measure(browser, DataFolder(given.data), times)
            browser.close()
    for name, seconds in times.items():
        print(f"{name:<22} {statistics.median(seconds):.2f} s ({min(seconds):.2f} … {max(seconds):.2f})")


if __name__ == "__main__":
    main()
