"""The summary of a case: its words, its data, and the page that a supervisor reads."""
