"""Contracts and doubles that ship, for the tests of those who build on sheetlog."""
