"""A stand-in for GitHub's secrets and variables of Actions: it opens the boxes that it is sent."""
