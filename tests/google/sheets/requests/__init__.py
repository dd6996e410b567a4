"""The requests of a batch: one function each, found by the request's name.

A function takes the batch and the request's body, changes the batch's copy, and gives back the
reply or None. It refuses with RefusedError.
"""
