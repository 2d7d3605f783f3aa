"""The engine: packs, entries, the case they add up to, and the steps that apply. No clock, no disk, no screen."""
