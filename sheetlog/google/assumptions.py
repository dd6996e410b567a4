"""What Google's documentation leaves open, and how sheetlog stays right under either reading.

One name for each question. Only the first changes what is sent; of the others nothing is assumed,
and the words say why. docs/google.md shows how to settle them with an account of one's own.
"""

from __future__ import annotations

CAS = "delete_create_same_id_in_batch"
"""Whether a metadata id that a batch deletes can be created again later in the same batch. If so,
columns are compared and set in the batch itself; if not, each batch has an undo tab and stamps on
its columns, which show whether they moved, and what landed in a wrong column is put right."""

OPEN: dict[str, str] = {
    CAS: "tried with the first batch; what was learned is kept in the spreadsheet",
    "delete_metadata_no_match": "a refusal is treated as any: read again, and plan anew",
    "metadata_survives_duplicate": "a copied tab counts only where it is asked for by name",
    "metadata_under_move": "a mark that stands under another's title is not believed blindly",
    "row_metadata_follows_sort": "no run is known by row metadata; only the header row is",
    "response_ranges_checked": "ranges that are read back begin in the grid as it was before",
    "masked_cells_cut": "a row's cells count from the range's first column in both readings",
    "chip_text": "links are written as links; a chip that a person made is read in both readings",
    "strict_validation": "a refusal names the rule, the run is kept and goes when it is mended",
}
"""Each question by its name in the local Google, and what makes its answer matter not."""
