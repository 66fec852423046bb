
import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()

INSTALLED_APPS = [*INSTALLED_APPS, "keybaton.django", "shop"]
MIDDLEWARE = ["keybaton.django.FenceMiddleware", *MIDDLEWARE]
ALLOWED_HOSTS = ["127.0.0.1"]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
