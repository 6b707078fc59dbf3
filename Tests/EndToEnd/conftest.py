from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from rig import EXAMPLES, Plumbline, binary


def pytest_sessionstart(session):
    if not os.access(binary(), os.X_OK):
        raise pytest.UsageError(f"{binary()} is not there: run `make build`, or name a binary in PLUMBLINE")


def pytest_collection_modifyitems(items):
    # The file that takes longest begins, so that it does not end alone on one of two processors.
    items.sort(key=lambda item: item.path.name != "test_site_browsers.py")


@pytest.fixture(scope="session")
def warm_cache(tmp_path_factory) -> Path:
    """One cache for the session, so that the knowledge is compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def plumbline(tmp_path, warm_cache) -> Plumbline:
    """The binary with a home of its own and the warm cache."""
    return Plumbline(tmp_path / "home", cache=warm_cache)


@pytest.fixture
def cold(tmp_path) -> Plumbline:
    """The binary with a home and a cache of its own."""
    return Plumbline(tmp_path / "home")


@pytest.fixture(scope="module")
def shared(tmp_path_factory, warm_cache) -> Plumbline:
    """One home for a module's tests that only read."""
    return Plumbline(tmp_path_factory.mktemp("home"), cache=warm_cache)


@pytest.fixture(scope="session")
def site(tmp_path_factory, warm_cache):
    """The site of the shipped knowledge, built once; for reading, and readable for other users."""
    folder = Path(tempfile.mkdtemp(prefix="plumbline-site-"))
    folder.chmod(0o755)
    builder = Plumbline(tmp_path_factory.mktemp("home"), cache=warm_cache)
    builder.ok("site", "build", "--base-path", "/repo/", "--out", folder / "site", timeout=600)
    yield folder / "site"
    shutil.rmtree(folder)


@pytest.fixture
def reachable_tmp():
    """A temporary folder that other users may enter, too."""
    folder = Path(tempfile.mkdtemp(prefix="plumbline-"))
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request) -> Path:
    return request.param
