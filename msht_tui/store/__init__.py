"""TinyDB on disk: one append-only database per case, and the copies of the content that cases are worked under."""
