"""What every test shares: Hypothesis without a clock, since the machine is shared as well."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "thalweg", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=False
)
settings.load_profile("thalweg")
