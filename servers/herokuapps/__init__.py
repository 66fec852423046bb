"""The stand-in for Heroku's platform interface, as far as config vars and releases go."""
