import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
