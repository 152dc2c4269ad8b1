"""notices, who is told of what, and schedules in time zones of their own"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('task_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('schedule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_notice_project_id_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('uid', name=op.f('uq_notice_uid'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_next_at', ['next_at'], unique=False)
        batch_op.create_index('ix_notice_project', ['project_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_notice_task', ['task_id'], unique=False)
        batch_op.create_index('ix_notice_schedule', ['schedule_id', 'id'], unique=False)

    with op.batch_alter_table('schedule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('time_zone', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('watchers', sa.Text(), nullable=False, server_default='[]'))

    # Without a rewrite of the table: SQLite and PostgreSQL add a column that may be null at once.
    op.add_column('task', sa.Column('watchers', sa.Text(), nullable=True))
    op.add_column('template', sa.Column('notify_type', sa.Text(), nullable=True))
    op.add_column('template', sa.Column('notify_receivers', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('template', schema=None) as batch_op:
        batch_op.drop_column('notify_receivers')
        batch_op.drop_column('notify_type')

    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_column('watchers')

    with op.batch_alter_table('schedule', schema=None) as batch_op:
        batch_op.drop_column('watchers')
        batch_op.drop_column('time_zone')

    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_schedule')
        batch_op.drop_index('ix_notice_task')
        batch_op.drop_index('ix_notice_project')
        batch_op.drop_index('ix_notice_next_at')

    op.drop_table('notice')
