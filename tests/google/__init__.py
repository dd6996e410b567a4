"""The local Google: Sheets v4 and Drive v3 on the loopback interface, for tests."""
