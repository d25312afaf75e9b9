"""Makes a fresh clone ready with nothing but the system's Python: fetches uv, then the locked dependencies.

Standard library only, because it runs before anything is installed. Nothing is written outside the clone,
except by apt-get when pip is absent and the person is root.
"""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

OLDEST_PYTHON = (3, 11)
# As `requires-python` in pyproject.toml; a test compares the two.
OLDEST_UV = (0, 8)
# Reads this lock file and knows each option used here.
PUBLIC_INDEX = "https://pypi.org/simple"
# The index that uv.lock names; another one that pip is set to is asked instead of it.
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_NO_INDEX")
STAMP = "ready.sha256"
# File in .venv that says for which lock it was made, and whether with the test tools.
PREPARED = "SUPPLY_PREPARED"
# Set for the second start, so that an environment that stays broken is reported and not prepared for ever.
NETWORK = (
    "The libraries come from the package index: is there a network? "
    "Behind a mirror, tell pip (pip config set global.index-url URL) and start again."
)


class NotReady(Exception):
    """The machine lacks something; the text says what it is and what to type."""


def ensure(module: str, *, dev: bool) -> None:
    """Return when `python -m module` can run here; otherwise prepare .venv and start it there again."""
    if _is_installed(dev=dev):
        return
    root = Path(__file__).resolve().parents[1]
    environment = root / ".venv"
    try:
        if Path(sys.prefix).resolve() == environment.resolve():
            _forget(environment)
        prepare(root, dev=dev)
    except NotReady as problem:
        sys.exit(f"{module}: {problem}")
    os.environ[PREPARED] = "1"
    python = str(_python(environment))
    os.execv(python, [python, *sys.orig_argv[1:]])  # noqa: S606 - no shell is wanted


def prepare(root: Path, *, dev: bool) -> None:
    """Bring root/.venv to what uv.lock says, at once when it is so already. Raises NotReady."""
    if sys.version_info < OLDEST_PYTHON:
        needed = ".".join(map(str, OLDEST_PYTHON))
        raise NotReady(
            f"Python {needed} or newer is needed (Debian 12 has it); this is {sys.version.split()[0]}."
        )
    environment = root / ".venv"
    is_dev = dev or _stamped(environment).startswith("dev ")
    wanted = f"{'dev' if is_dev else 'run'} {_fingerprint(root)}"
    if _stamped(environment) == wanted and _answers(_python(environment)):
        return
    for folder in (root, environment, root / ".boot"):
        if folder.exists() and not os.access(folder, os.W_OK):
            raise NotReady(f"{folder} cannot be written to, and the libraries belong there; clone elsewhere.")
    _say("First run, or other libraries than before: this takes two minutes or three.")
    env = uv_environment(pip_settings(ask_pip("config", "list")), root)
    uv = find_uv(root)
    _say(f"-> installing the locked libraries{' and test tools' if is_dev else ''} into .venv")
    _install(uv, root, env, is_dev=is_dev)
    _compile(root)
    (environment / STAMP).write_text(wanted, encoding="utf-8")
    _say("-> ready")


def pip_settings(listing: str) -> dict[str, str]:
    """Settings by name from what `pip config list` prints; the environment wins over files."""
    found: dict[str, str] = {}
    for line in sorted(listing.splitlines(), key=lambda entry: entry.startswith(":env:")):
        key, separator, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if separator and section in {"global", "install", ":env:"}:
            found[name] = str(ast.literal_eval(value))
    return found


def uv_environment(settings: Mapping[str, str], root: Path) -> dict[str, str]:
    """Environment that lets uv use the index, certificates and proxy that pip is set to; own values stay."""
    chosen = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "UV_PYTHON"}}
    offered = {"SSL_CERT_FILE": settings.get("cert"), "ALL_PROXY": settings.get("proxy")}
    offered["UV_INSECURE_HOST"] = settings.get("trusted-host")
    index = settings.get("index-url", PUBLIC_INDEX).rstrip("/")
    is_without_index = settings.get("no-index", "false").lower() in {"1", "true", "yes", "on"}
    if index != PUBLIC_INDEX or is_without_index:
        # Beside the public index, an extra one changes nothing that is locked and makes uv doubt the lock.
        offered["UV_DEFAULT_INDEX"] = index
        offered["UV_NO_INDEX"] = "1" if is_without_index else None
        offered["UV_INDEX"] = settings.get("extra-index-url")
        offered["UV_FIND_LINKS"] = ",".join(settings.get("find-links", "").split())
    if not _has_writable_home():
        offered["UV_CACHE_DIR"] = str(root / ".boot" / "cache")
    chosen = {name: " ".join(value.split()) for name, value in offered.items() if value} | chosen
    return chosen | {"UV_PROJECT_ENVIRONMENT": str(root / ".venv")}


def _install(uv: str, root: Path, env: Mapping[str, str], *, is_dev: bool) -> None:
    environment = root / ".venv"
    groups = ["--dev"] if is_dev else ["--no-dev"]
    python = [] if _answers(_python(environment)) else ["--python", sys.executable]
    if not any(name in env for name in INDEX_VARIABLES):
        _uv([uv, "sync", "--locked", *groups, *python], root, env)
        return
    # The lock names files on the public index; from another, the same files are asked for by their hashes.
    _say("   from the package index that pip or uv is set to on this machine")
    with tempfile.TemporaryDirectory() as folder:
        listing = str(Path(folder) / "locked.txt")
        export = ["export", "--frozen", "--no-emit-project", *groups, "--quiet", "--output-file", listing]
        _uv([uv, *export], root, env)
        if python:
            _uv([uv, "venv", "--allow-existing", "--quiet", *python, str(environment)], root, env)
        into = ["--python", str(_python(environment))]
        _uv([uv, "pip", "sync", "--require-hashes", *into, listing], root, env)
        _uv([uv, "pip", "install", "--no-deps", *into, "--editable", str(root)], root, env)


def _compile(root: Path) -> None:
    """Compile the planner now rather than at the first plan; when that fails, the first plan does it."""
    _say("-> making the delivery planner ready: a minute or so, once")
    command = [str(_python(root / ".venv")), "-m", "supply", "prepare"]
    subprocess.run(command, cwd=root, check=False, capture_output=True)


def _uv(command: Sequence[str], root: Path, env: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=root, env=env, check=False)
    if done.returncode:
        raise NotReady(f"the libraries could not be installed; uv says why above. {NETWORK}")


def find_uv(root: Path) -> str:
    """Path of a uv that is new enough: the machine's, the one fetched before, or one fetched now with pip."""
    fetched = root / ".boot" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(fetched)):
        if candidate and _uv_version(candidate) >= OLDEST_UV:
            return candidate
    _say("-> fetching uv, which installs the libraries, into .boot")
    if not ask_pip("--version"):
        _provide_pip()
    # Into a folder of the clone: the Python of the system refuses installs (PEP 668) and stays as it is.
    command = ["install", "--quiet", "--upgrade", "--no-deps", "--target", str(root / ".boot")]
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    env = {**os.environ, **quiet, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    package = f"uv>={'.'.join(map(str, OLDEST_UV))}"
    done = subprocess.run([sys.executable, "-m", "pip", *command, package], env=env, check=False)
    if done.returncode or _uv_version(str(fetched)) < OLDEST_UV:
        raise NotReady(f"uv could not be fetched; pip says why above. {NETWORK}")
    return str(fetched)


def _provide_pip() -> None:
    """Get pip from Debian as root; as anybody else say what to type."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NotReady(
            "pip is missing. Type: sudo apt-get install -y python3-pip   and start this command again."
        )
    _say("installing python3-pip with apt-get")
    install_debian(apt, "python3-pip")
    if not ask_pip("--version"):
        raise NotReady(f"{sys.executable} has no pip, and the package python3-pip did not bring one.")


def install_debian(apt: str, *packages: str) -> None:
    """Install packages of the distribution without questions; quiet unless it fails. Raises NotReady."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run([apt, *command], env=env, check=False, capture_output=True, text=True)
        if done.returncode and command != ["update"]:
            print(done.stdout[-2000:], done.stderr[-2000:], sep="\n", file=sys.stderr)
            raise NotReady(f"apt-get could not install {' '.join(packages)}; it says why above.")


def ask_pip(*question: str) -> str:
    """What pip answers; empty when there is no pip."""
    command = [sys.executable, "-m", "pip", *question]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def _uv_version(uv: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([uv, "--version"], check=False, capture_output=True, text=True)
        return tuple(int(part) for part in answer.stdout.split()[1].split(".")[:2])
    except (OSError, IndexError, ValueError):
        return ()


def _is_installed(*, dev: bool) -> bool:
    """Whether this Python has the program and what it needs: from a wheel, in a container, in .venv."""
    try:
        distribution("supply")
    except PackageNotFoundError:
        return False
    return find_spec("pytest") is not None if dev else True


def _answers(python: Path) -> bool:
    """Whether an environment's Python is there and of a version that will do."""
    question = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([str(python), "-c", question], check=False).returncode == 0
    except OSError:
        return False


def _python(environment: Path) -> Path:
    return environment / "bin" / "python"


def _stamped(environment: Path) -> str:
    try:
        return (environment / STAMP).read_text(encoding="utf-8")
    except OSError:
        return ""


def _fingerprint(root: Path) -> str:
    content = b"".join((root / name).read_bytes() for name in ("pyproject.toml", "uv.lock"))
    return hashlib.sha256(content).hexdigest()


def _has_writable_home() -> bool:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~").expanduser())
    return home.is_dir() and os.access(home, os.W_OK)


def _forget(environment: Path) -> None:
    """The environment runs this and lacks what its stamp promises: make it again, once."""
    if PREPARED in os.environ:
        raise NotReady(f"{environment} does not hold what was installed into it. Type  rm -r {environment}")
    (environment / STAMP).unlink(missing_ok=True)


def _say(what: str) -> None:
    # Beside the answer of the command itself, which may be read by a program.
    print(what, file=sys.stderr, flush=True)
