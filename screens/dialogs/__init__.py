"""The questions a screen asks. Each keeps what was typed until the act is saved or the question is left."""
