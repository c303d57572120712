"""What `make bench` runs: how fast and how small, beside a named peer measured in the same run."""
