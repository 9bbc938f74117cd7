"""A server: every secret comes from the environment, every cookie is secure, TLS is assumed in front."""

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *
from config.settings.base import DEMO_MODE

if DEMO_MODE:
    raise ImproperlyConfigured("WINNOW_DEMO lets every visitor take any role; it is never set on a server.")
SECRET_KEY = env.text("WINNOW_SECRET_KEY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.flag("WINNOW_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^v1/"]
SECURE_HSTS_SECONDS = env.number("WINNOW_HSTS_SECONDS", 31_536_000)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
