"""`msht`: a checklist and record for the first hours of a modern slavery and human trafficking case."""

from __future__ import annotations

__version__ = "0.1.0"
