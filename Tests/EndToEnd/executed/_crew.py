"""Runs scenarios several at a time: most of their time they wait for other programs."""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from multiprocessing.connection import wait

from executed.harness import Page, Scenario, complaint
from executed.tools import Servers

# A page, and if need be its block to break or its defect to put back.
Job = tuple[str, str | None, tuple[str, str, str, str] | None]


class Crew:
    """Workers that do the jobs in their order, each with servers of its own; the results are asked for one by one."""

    def __init__(self, pages: dict[str, Page], scenarios: dict[str, Scenario], jobs: list[Job]):
        self._pages = pages
        self._scenarios = scenarios
        self._jobs = jobs
        self._results: dict[Job, str | None] = {}
        self._workers = {}
        self._servers = None
        # A process on macOS cannot be forked as safely.
        count = min(os.cpu_count() or 1, len(jobs), 4) if sys.platform == "linux" else 0
        if count < 2:
            self._servers = Servers()
            return
        context = multiprocessing.get_context("fork")
        self._next = context.Value("i", 0)
        for _ in range(count):
            results, end = context.Pipe(duplex=False)
            worker = context.Process(target=self._work, args=(end,))
            worker.start()
            end.close()
            self._workers[results] = worker

    def complaint(self, *job) -> str | None:
        """What is wrong with this job; waits for it."""
        if self._servers:
            return self._done(job, self._servers)
        while job not in self._results:
            open_ends = [end for end in self._workers if not end.closed]
            if not open_ends:
                raise RuntimeError(f"the workers ended before {job}")
            for end in wait(open_ends):
                try:
                    index, text = end.recv()
                    self._results[self._jobs[index]] = text
                except EOFError:
                    end.close()
        return self._results[job]

    def close(self):
        if self._servers:
            self._servers.close()
        if self._workers:
            self._next.value = len(self._jobs)
        for end, worker in self._workers.items():
            # A worker with a result at hand notices that nobody takes it any more.
            end.close()
            worker.join()

    def _work(self, end):
        servers = Servers()
        try:
            while True:
                with self._next.get_lock():
                    index = self._next.value
                    self._next.value += 1
                if index >= len(self._jobs):
                    return
                end.send((index, self._done(self._jobs[index], servers)))
        except (KeyboardInterrupt, BrokenPipeError):
            pass
        finally:
            servers.close()

    def _done(self, job: Job, servers: Servers) -> str | None:
        name, block, fault = job
        try:
            return complaint(self._pages[name], self._scenarios[name], servers, block, fault)
        except Exception:
            return traceback.format_exc()
