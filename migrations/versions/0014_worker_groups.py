"""worker groups of tokens; tasks that wait for room"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('run_token', sa.Column('worker_group', sa.String(length=64), server_default='default', nullable=False))
    op.create_index('ix_run_token_worker_group', 'run_token', ['worker_group', 'claim_at'], unique=False,
                    sqlite_where=sa.text("worker_group NOT IN ('default', '*')"),
                    postgresql_where=sa.text("worker_group NOT IN ('default', '*')"))
    op.add_column('task', sa.Column('priority', sa.Integer(), server_default='0', nullable=False))
    op.add_column('task', sa.Column('waits_for_room', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('ix_task_waits_for_room', 'task', ['priority', 'id'], unique=False,
                    sqlite_where=sa.text('waits_for_room'), postgresql_where=sa.text('waits_for_room'))


def downgrade() -> None:
    op.drop_index('ix_task_waits_for_room', table_name='task')
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_column('waits_for_room')
        batch_op.drop_column('priority')
    op.drop_index('ix_run_token_worker_group', table_name='run_token')
    with op.batch_alter_table('run_token', schema=None) as batch_op:
        batch_op.drop_column('worker_group')
