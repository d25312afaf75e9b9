"""The compiled parts of the planner: where they are kept, and whether all that a plan needs is there.

Numba keeps them beside the source; where that may not be written, in the user's own folder of caches. What
somebody who may write there has compiled is taken over from beside the source, so that it is compiled once.
"""

import hashlib
import os
import platform
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent
STAMP = "planner-compiled.txt"
"""Lies beside the compiled parts and says for which source, compiler and processor they are complete."""


def provide_place() -> None:
    """Name a folder of this user's for temporary files where neither the source nor the home may be written.

    Without any place Numba refuses to load the planner. Call it before Numba is imported.
    """
    places = [SOURCE / "__pycache__"]
    with suppress(RuntimeError):  # a user without a home
        places.append(Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser())
    if "NUMBA_CACHE_DIR" in os.environ or any(map(_is_writable, places)):
        return
    folder = Path(tempfile.gettempdir()) / f"supply-planner-{os.geteuid()}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o077 or folder.is_symlink():
        # What is compiled is also executed: never from a folder that somebody else may write.
        folder = Path(tempfile.mkdtemp(prefix="supply-planner-"))
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def are_kept() -> bool:
    """Whether all that a plan needs is compiled already, here or beside the source."""
    (own, beside), *others = _folders()
    wanted = _fingerprint()
    if _stamped(own) == wanted:
        return True
    if own == beside or _stamped(beside) != wanted:
        return False
    with suppress(OSError):
        for folder, source in (*others, (own, beside)):
            folder.mkdir(parents=True, exist_ok=True)
            for pattern in ("*.nbc", "*.nbi", STAMP):  # what an index names is there before the index
                for file in source.glob(pattern):
                    shutil.copyfile(file, folder / file.name)
        return True
    return False


def keep() -> None:
    """Note that everything is compiled."""
    (own, _), *_others = _folders()
    with suppress(OSError):  # it is compiled all the same, and looked for again the next time
        (own / STAMP).write_text(_fingerprint(), encoding="utf-8")


def _folders() -> tuple[tuple[Path, Path], ...]:
    """Where Numba keeps what is compiled, and the place beside the source, of both packages."""
    from supply.routing.planner import pricing  # noqa: PLC0415 - loads the compiler
    from supply.routing.planner.large import search  # noqa: PLC0415 - as above

    kernels: tuple[Any, ...] = (pricing.search, search.anneal)
    return tuple(
        (Path(kernel.stats.cache_path), Path(kernel.py_func.__code__.co_filename).parent / "__pycache__")
        for kernel in kernels
    )


def _fingerprint() -> str:
    """Differs whenever Numba would compile anew: other source, compiler, Python or processor."""
    import numba  # noqa: PLC0415 - half a second
    from llvmlite import binding  # noqa: PLC0415 - as above

    facts = [numba.__version__, platform.python_version(), binding.get_host_cpu_name()]
    for file in sorted((*SOURCE.glob("*.py"), *(SOURCE / "large").glob("*.py"))):
        found = file.stat()
        facts.append(f"{file.name} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _stamped(folder: Path) -> str:
    try:
        return (folder / STAMP).read_text(encoding="utf-8")
    except OSError:
        return ""


def _is_writable(folder: Path) -> bool:
    """Whether files can be made in it, or in the nearest folder above it that is there."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)
