"""the archive of tasks, and how long projects keep theirs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.add_column('project', sa.Column('keep_days', sa.Integer(), nullable=True))
    op.add_column('project', sa.Column('keep_tasks', sa.Integer(), nullable=True))
    op.create_table('archived_task',
    sa.Column('task_id', key, autoincrement=False, nullable=False),
    sa.Column('project_id', key, nullable=False),
    sa.Column('name', sa.String(length=150), nullable=False),
    sa.Column('creator', sa.String(length=64), nullable=False),
    sa.Column('executor', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('is_deleted', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=False),
    sa.Column('archived_at', sa.BigInteger(), nullable=False),
    sa.Column('file', sa.String(length=255), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_archived_task_project_id_project')),
    sa.PrimaryKeyConstraint('task_id', name=op.f('pk_archived_task'))
    )
    op.create_index('ix_archived_task_project', 'archived_task', ['project_id', 'task_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_archived_task_project', table_name='archived_task')
    op.drop_table('archived_task')
    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.drop_column('keep_tasks')
        batch_op.drop_column('keep_days')
