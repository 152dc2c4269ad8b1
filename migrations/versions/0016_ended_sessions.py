"""sessions that were logged out of"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ended_session',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_ended_session'))
    )
    op.create_index('ix_ended_session_until', 'ended_session', ['until'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_ended_session_until', table_name='ended_session')
    op.drop_table('ended_session')
