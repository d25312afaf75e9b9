"""Pages of coverage."""

from supply.coverage.pages.views import CoveragePages

CONTROLLERS = [CoveragePages]
