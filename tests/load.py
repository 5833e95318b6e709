"""`make load`: many people ask the page different questions at once; says errors, times and memory. Only this machine.

Each of them keeps a place of their own in gradio's queue and thinks between two questions, as a reader does.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

from evals.question import read_questions
from ui.address import MAX_QUESTION

_THINKS = (5.0, 15.0)  # seconds between an answer and the next question


@dataclass
class Measured:
    """What the people at the page met: seconds of every answer, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """95th percentile of the seconds; 0 if nothing was answered."""
        return statistics.quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else 0.0


def ask(client: httpx.Client, function: int, session: str, question: str) -> None:
    """Ask through the queue, as the page does, and wait for the last result.

    raises  RuntimeError if that is no answer; httpx.HTTPError
    """
    data = {"data": [question, f"?lang=nl#q={quote(question)}"], "fn_index": function, "session_hash": session}
    client.post("gradio_api/queue/join", json=data).raise_for_status()
    with client.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in lines_of(stream.iter_text()):
            event = json.loads(line[5:]) if line.startswith("data:") else {}
            if event.get("msg") == "process_completed":
                if not event["success"] or "answer-title" not in json.dumps(event["output"]):
                    raise RuntimeError(str(event["output"])[:200])
                return
    raise RuntimeError("the stream ended without an answer")


def lines_of(texts: Iterable[str]) -> Iterator[str]:
    """Lines by \\n alone: httpx would also break them at the line separators of Unicode, inside a JSON string."""
    rest = ""
    for text in texts:
        *lines, rest = (rest + text).split("\n")
        yield from lines


def function_of(client: httpx.Client) -> int:
    """Number of the event behind the question box: the one that takes question and address."""
    config = client.get("config").raise_for_status().json()
    return int(next(d["id"] for d in config["dependencies"] if len(d["inputs"]) == 2 and len(d["outputs"]) > 5))


def load(address: str, people: int, seconds: float) -> Measured:
    """Let them ask until the time is over.

    raises  ValueError if the address is not of this machine
    """
    if urlsplit(address).hostname != "127.0.0.1":
        raise ValueError("only 127.0.0.1 is put under load")
    asked = (question.question.strip() for question in read_questions() if question.split == "dev")
    questions = [question for question in asked if 0 < len(question) <= MAX_QUESTION]  # the page refuses others
    measured, end = Measured(), time.monotonic() + seconds

    def person(number: int) -> None:
        chance = random.Random(number)
        session = f"person{number}x{time.monotonic()}"  # one a browser tab, whatever is asked in it
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            function = function_of(client)
            time.sleep(chance.uniform(0, min(_THINKS[0], seconds / 3)))
            while time.monotonic() < end:
                began = time.monotonic()
                try:
                    ask(client, function, session, chance.choice(questions))
                    measured.seconds.append(time.monotonic() - began)
                except (RuntimeError, httpx.HTTPError) as error:
                    measured.faults.append(f"{type(error).__name__}: {error}"[:200])
                time.sleep(min(chance.uniform(*_THINKS), max(0.0, end - time.monotonic())))

    with ThreadPoolExecutor(people) as pool:
        list(pool.map(person, range(people)))
    return measured


@dataclass(frozen=True)
class Sample:
    """The server at a moment: memory in MB, processor seconds used; and how many processes the machine wants to run."""

    memory: float
    used: float
    wanted: float


def sample(process: int) -> Sample:
    """What a process holds and has used (Linux)."""
    folder = Path(f"/proc/{process}")
    memory = int((folder / "statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    times = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return Sample(memory, sum(map(int, times)) / os.sysconf("SC_CLK_TCK"), os.getloadavg()[0])


def watch(process: int, over: threading.Event, samples: list[Sample]) -> None:
    """Take a sample every ten seconds."""
    samples.append(sample(process))
    while not over.wait(10):
        samples.append(sample(process))
    samples.append(sample(process))


def report(measured: Measured, samples: list[Sample]) -> str:
    """What was measured, in lines."""
    middle = statistics.median(measured.seconds) if measured.seconds else 0.0
    lines = [
        f"{len(measured.seconds)} answers, {len(measured.faults)} errors, median {middle:.2f} s, "
        f"p95 {measured.p95:.2f} s, longest {max(measured.seconds, default=0.0):.2f} s",
    ]
    if samples:
        first, half, last = samples[0], samples[len(samples) // 2], samples[-1]
        used = (last.used - first.used) / max(len(measured.seconds), 1)
        lines += [
            f"memory {first.memory:.0f}, half-way {half.memory:.0f}, at the end {last.memory:.0f} MB; "
            f"{used:.3f} processor seconds an answer",
            f"load average {first.wanted:.1f}, half-way {half.wanted:.1f}, at the end {last.wanted:.1f}",
        ]
    return "\n".join([*lines, *sorted(set(measured.faults))[:5]])


def main() -> int:
    """Say what was measured; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:7860/")
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--process", type=int, help="of the server, to say its memory")
    given = parser.parse_args()
    samples: list[Sample] = []
    over = threading.Event()
    watcher = threading.Thread(target=watch, args=(given.process, over, samples))
    if given.process:
        watcher.start()
    try:
        measured = load(given.address, given.people, given.seconds)
    finally:
        over.set()
    if given.process:
        watcher.join()
    print(report(measured, samples))
    return 1 if measured.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
