"""`python3 -m supply`: from a fresh clone as well as from an installed package."""

from supply.bootstrap import ensure


def main() -> None:
    """Make sure that the libraries are there, then hand over to the command line."""
    ensure("supply", dev=False)
    from supply.cli import main as run  # noqa: PLC0415 - the libraries it needs may have been missing until here

    run()


if __name__ == "__main__":
    main()
