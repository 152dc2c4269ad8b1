"""schedules and their fires"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('schedule',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('template_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('template_source', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('form', sa.String(length=8), nullable=False),
    sa.Column('expression', sa.String(length=255), nullable=False),
    sa.Column('tree_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('category', sa.String(length=32), nullable=False),
    sa.Column('creator', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('editor', sa.String(length=64), nullable=False),
    sa.Column('edited_at', sa.BigInteger(), nullable=True),
    sa.Column('is_enabled', sa.Boolean(), nullable=False),
    sa.Column('is_deleted', sa.Boolean(), nullable=False),
    sa.Column('starts_at', sa.BigInteger(), nullable=True),
    sa.Column('ends_at', sa.BigInteger(), nullable=True),
    sa.Column('misfire', sa.String(length=8), nullable=False),
    sa.Column('misfire_limit', sa.Integer(), nullable=False),
    sa.Column('overlap', sa.String(length=8), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=True),
    sa.Column('last_run_at', sa.BigInteger(), nullable=True),
    sa.Column('total_run_count', sa.Integer(), nullable=False),
    sa.Column('failure_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_schedule_project_id_project')),
    sa.ForeignKeyConstraint(['tree_id'], ['task_tree.id'], name=op.f('fk_schedule_tree_id_task_tree')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedule'))
    )
    with op.batch_alter_table('schedule', schema=None) as batch_op:
        batch_op.create_index('ix_schedule_next_at', ['next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_schedule_project_id'), ['project_id'], unique=False)

    op.create_table('fire',
    sa.Column('schedule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fire_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('task_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_fire_schedule_id_schedule')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_fire_task_id_task')),
    sa.PrimaryKeyConstraint('schedule_id', 'fire_at', name=op.f('pk_fire'))
    )
    with op.batch_alter_table('fire', schema=None) as batch_op:
        batch_op.create_index('ix_fire_state', ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_fire_task_id'), ['task_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('fire', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_fire_task_id'))
        batch_op.drop_index('ix_fire_state')

    op.drop_table('fire')
    with op.batch_alter_table('schedule', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_schedule_project_id'))
        batch_op.drop_index('ix_schedule_next_at')

    op.drop_table('schedule')
