"""The part of the xlsx format that sheetlog edits in place."""
