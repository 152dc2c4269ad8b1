"""moulds of schedules' trees; how many times a fire left out"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a rewrite of the tables: SQLite and PostgreSQL add such columns at once. Moulds are made at the next fire.
    op.add_column('task_tree', sa.Column('mould', sa.Text(), nullable=True))
    op.add_column('fire', sa.Column('left_out', sa.Integer(), nullable=False, server_default='0'))


def downgrade() -> None:
    with op.batch_alter_table('fire', schema=None) as batch_op:
        batch_op.drop_column('left_out')

    with op.batch_alter_table('task_tree', schema=None) as batch_op:
        batch_op.drop_column('mould')
