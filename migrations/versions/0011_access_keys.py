"""key pairs that act for a user in a project; the language of a template's current version"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('access_key',
    sa.Column('id', key, nullable=False),
    sa.Column('app_id', key, nullable=False),
    sa.Column('user_id', key, nullable=False),
    sa.Column('project_id', key, nullable=False),
    sa.Column('access_key', sa.String(length=64), nullable=False),
    sa.Column('secret_key', sa.Text(), nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('last_used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['app_id'], ['api_app.id'], name=op.f('fk_access_key_app_id_api_app')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_access_key_project_id_project')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_access_key_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_key')),
    sa.UniqueConstraint('access_key', name=op.f('uq_access_key_access_key'))
    )
    op.create_index(op.f('ix_access_key_app_id'), 'access_key', ['app_id'], unique=False)
    # Nothing that was stored before is written in another language than the first.
    op.add_column('template', sa.Column('language', sa.String(length=16), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('template', schema=None) as batch_op:
        batch_op.drop_column('language')

    op.drop_index(op.f('ix_access_key_app_id'), table_name='access_key')
    op.drop_table('access_key')
