INSTALLED_APPS += ["keybaton.simplejwt"]
SIGNING_BACKEND = "keybaton.django.signing.CookieSigner"
SESSION_ENGINE = "keybaton.django.sessions.signed_cookies"
FERNET_KEYS = [FIELD_ENCRYPTION_KEY, *FIELD_ENCRYPTION_KEY_FALLBACKS]
LINK_RING = "LINK_SIGNING_KEY"
