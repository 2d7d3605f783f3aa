"""The things on a screen. A widget draws what it is given and posts a message up; it never calls the service."""
