"""The database session, the login manager, the guard of forms and the rate limiter, bound to an app by the factory."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app.models.base import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
LIMITS_PREFIX = "sluice"
# Where Redis is away it counts in this process, and where that fails too the request goes on.
limiter = Limiter(get_remote_address, key_prefix=LIMITS_PREFIX, in_memory_fallback_enabled=True, swallow_errors=True)
