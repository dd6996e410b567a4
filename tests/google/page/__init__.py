"""The sheet as a teammate sees it: `GET /spreadsheets/d/ID/edit` as one HTML page.

Everything is read through the API's own answer, and nothing of the grid's model is known here.
"""

from tests.google.page.shell import page_of

__all__ = ["page_of"]
