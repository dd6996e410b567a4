"""Talking to Google: login, transport, and what its answers mean."""
