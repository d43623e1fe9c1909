"""The commands in bin/. Standard library only: they run before anything is installed."""
