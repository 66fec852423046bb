"""Compose files as people write them, with a made-up key, LEAK…, wherever one could stand."""

from __future__ import annotations

# What the files name.
AROUND = {
    "env.web": 'SECRET_KEY=LEAKfile\nSECRET_KEY_FALLBACKS=["LEAKold"]\n',
    "secrets/secret_key.txt": "LEAKsecret",
    "base.yaml": """\
services:
  django:
    image: shop
    command: gunicorn shop.wsgi
    environment:
      - SECRET_KEY=${SECRET_KEY}
    secrets: [secret_key, stripe_secret_key]
""",
}

FITTING = {
    "the guide's, which gives the key twice": {
        "compose.yaml": """\
services:
  web:
    image: myapp:latest
    environment:
      - SECRET_KEY=${SECRET_KEY}
    secrets:
      - secret_key
secrets:
  secret_key:
    file: ./secrets/secret_key.txt
"""
    },
    "a map": {
        "compose.yaml": """\
services:
  web:
    build: .
    container_name: shop
    command: gunicorn --bind 0.0.0.0:8000 shop.wsgi
    ports: ["8000:8000"]
    labels: {traefik.enable: "true"}
    restart: always
    depends_on: [db]
    environment:
      SECRET_KEY: LEAKliteral
      DJANGO_SECRET_KEY: LEAKother
      DEBUG: 0
  db:
    image: postgres
    environment: {POSTGRES_PASSWORD: LEAKdatabase}
"""
    },
    "anchors, CRLF, and a file of variables": {
        "docker-compose.yml": """\
# é
x-app: &app
  build: .
  env_file: env.web
  volumes:
    - media:/media
services:
  web:
    <<: *app
    command: [gunicorn, shop.wsgi]
    expose: ["8000"]
  worker:
    <<: *app
    command: celery --app shop worker
  db:
    image: postgres
    environment: [POSTGRES_PASSWORD=LEAKdatabase]
volumes: {media: {}}
""".replace("\n", "\r\n")
    },
    "extends, and a secret that stays": {
        "compose.yml": """\
services:
  web:
    extends: {file: base.yaml, service: django}
  worker:
    extends: {file: base.yaml, service: django}
    command: celery --app shop worker
    secrets:
      - source: secret_key
        target: SECRET_KEY
secrets:
  secret_key: {file: ./secrets/secret_key.txt}
  stripe_secret_key: {file: ./secrets/stripe.txt}
"""
    },
    "two documents": {
        "compose.yaml": """\
services:
  db:
    image: postgres
    environment: [POSTGRES_PASSWORD=LEAKdatabase]
---
services:
  web:
    image: shop
    command: gunicorn shop.wsgi
    environment:
      - SECRET_KEY
"""
    },
}

REFUSED = {
    "nothing": ({}, "there is no compose file here"),
    "broken": (
        {"compose.yaml": "services:\n  web: [LEAK\n  x: 1\n"},
        "compose.yaml cannot be read as YAML, in line 3",
    ),
    "templates": (
        {"compose.yaml": "services:\n  {% if LEAK %}\n  web: {}\n"},
        "compose.yaml cannot be read as YAML, in line 2",
    ),
    "no services": ({"compose.yaml": "volumes: {LEAK: {}}\n"}, "compose.yaml has no services"),
    "no web": (
        {"compose.yaml": "services:\n  db: {image: postgres, environment: {A: LEAK}}\n"},
        "no service of compose.yaml shows that it runs this project",
    ),
}
