"""The commands in bin/: standard library only, for they run before all else."""
