"""The stand-in for the CI/CD variables of GitLab."""
