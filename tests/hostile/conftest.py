"""The house that hostile files are brought to, and the bait that none of them may touch."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile.doors import House
from hostile.files import FILES, SECRET, Bait
from hostile.watching import Listener, OpenWatch


@dataclass
class Trap:
    """The bait, and who went for it."""

    bait: Bait
    watch: OpenWatch
    listener: Listener

    def untouched(self) -> bool:
        """Whether nobody has opened the file nor called the address since the last time."""
        opened, calls = self.watch.opened(), self.listener.calls
        self.listener.calls = 0
        return not opened and calls == 0


@pytest.fixture(scope="session")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    """A file that nobody may open and an address that nobody may call."""
    file = tmp_path_factory.mktemp("bait") / "bait.csv"
    file.write_text(f"Plats;Kategori\n{SECRET};Stöld\n")
    listener = Listener()
    yield Trap(Bait(file, listener.url), OpenWatch(file), listener)
    listener.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, helsinki_area: Path) -> House:
    """A store, an area and a photo folder; no test here changes them."""
    area = tmp_path_factory.mktemp("area") / "helsinki"
    shutil.copytree(helsinki_area, area)
    return House(tmp_path_factory.mktemp("house"), area)


@pytest.fixture(scope="session")
def evil(tmp_path_factory: pytest.TempPathFactory, trap: Trap) -> dict[str, Path]:
    """Every hostile file by what it is; made once."""
    made = {}
    for number, (name, make) in enumerate(FILES.items()):
        folder = tmp_path_factory.mktemp(f"evil{number}")
        made[name] = make(folder, trap.bait)
    return made
