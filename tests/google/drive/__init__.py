"""Drive v3: files, their content, who may have them, and what is found."""

from tests.google.drive.service import handle

__all__ = ["handle"]
