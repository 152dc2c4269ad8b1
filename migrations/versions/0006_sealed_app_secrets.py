"""secrets of apps, sealed"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

from app.errors import Unavailable
from app.models.sealed import open_column


revision = '0006'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The digests stay, since the secrets are not known; each is replaced when its app calls next.
    op.add_column('api_app', sa.Column('secret', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('api_app', schema=None) as batch_op:
        batch_op.alter_column('secret_hash', existing_type=sa.String(length=64), existing_nullable=False, server_default='')


def downgrade() -> None:
    app = sa.table('api_app', sa.column('id'), sa.column('secret'), sa.column('secret_hash'))
    connection = op.get_bind()
    for id_, sealed in connection.execute(sa.select(app.c.id, app.c.secret).where(app.c.secret != '')).all():
        connection.execute(app.update().where(app.c.id == id_).values(secret_hash=_digest(sealed)))
    with op.batch_alter_table('api_app', schema=None) as batch_op:
        batch_op.alter_column('secret_hash', existing_type=sa.String(length=64), existing_nullable=False, server_default=None)
        batch_op.drop_column('secret')


def _digest(sealed: str) -> str:
    try:
        return hashlib.sha256(open_column(sealed).encode('utf-8', 'surrogatepass')).hexdigest()
    except Unavailable:
        # Nobody knows this secret any more; the app needs another one.
        return ''
