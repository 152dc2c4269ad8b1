"""mail addresses of users, and whom OpenID Connect providers know them as"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.add_column('user', sa.Column('email', sa.String(length=254), nullable=True))
    op.create_index('uq_user_email', 'user', ['email'], unique=True)
    op.create_table('identity',
    sa.Column('issuer', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('user_id', key, nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_identity_user_id_user')),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_identity'))
    )
    op.create_index('ix_identity_user_id', 'identity', ['user_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_identity_user_id', table_name='identity')
    op.drop_table('identity')
    op.drop_index('uq_user_email', table_name='user')
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.drop_column('email')
