"""What a maintainer runs: set-up, servers, the build, benchmarks."""
