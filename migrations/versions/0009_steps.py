"""what runs of dependency graphs need: whether a step has failed, how often a run was opened, which element it is of"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('run', sa.Column('has_failed', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('run', sa.Column('passes', sa.Integer(), nullable=False, server_default='1'))
    op.add_column('run', sa.Column('element', sa.Integer(), nullable=True))
    key = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('step_output',
    sa.Column('run_id', key, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('node_id', sa.String(length=64), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_step_output_run_id_run')),
    sa.PrimaryKeyConstraint('run_id', 'name', 'node_id', name=op.f('pk_step_output'))
    )


def downgrade() -> None:
    op.drop_table('step_output')
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.drop_column('element')
        batch_op.drop_column('passes')
        batch_op.drop_column('has_failed')
