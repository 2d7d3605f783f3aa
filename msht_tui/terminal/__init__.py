"""What the program keeps to at a terminal that others use too: it leaves nothing behind, however it ends."""
