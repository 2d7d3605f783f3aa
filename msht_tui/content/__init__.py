"""Finding, reading and checking packs. Content is data: nothing in a pack is ever run."""
