"""what a start needs to know; lost workers; project constants"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'project_constant',
        sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=128), nullable=False),
        sa.Column('value', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_project_constant_project_id_project')),
        sa.PrimaryKeyConstraint('project_id', 'key', name=op.f('pk_project_constant')),
    )
    with op.batch_alter_table('run_token') as batch_op:
        batch_op.add_column(sa.Column('losses', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('task') as batch_op:
        batch_op.add_column(sa.Column('env', sa.Text(), nullable=True))
    with op.batch_alter_table('task_tree') as batch_op:
        batch_op.add_column(sa.Column('start', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('plugins', sa.Text(), nullable=False, server_default='[]'))
    _fill_trees(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table('task_tree') as batch_op:
        batch_op.drop_column('plugins')
        batch_op.drop_column('start')
    with op.batch_alter_table('task') as batch_op:
        batch_op.drop_column('env')
    with op.batch_alter_table('run_token') as batch_op:
        batch_op.drop_column('losses')
    op.drop_table('project_constant')


def _fill_trees(connection: sa.Connection) -> None:
    trees = sa.table('task_tree', sa.column('id'), sa.column('body'), sa.column('start'), sa.column('plugins'))
    for tree_id in connection.scalars(sa.select(trees.c.id)).all():
        body = json.loads(connection.scalar(sa.select(trees.c.body).where(trees.c.id == tree_id)))
        values = {'start': body['start_event']['id'], 'plugins': json.dumps(sorted(set(_plugins(body))))}
        connection.execute(sa.update(trees).where(trees.c.id == tree_id).values(**values))


def _plugins(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for activity in body['activities'].values():
        if activity['type'] == 'SubProcess':
            yield from _plugins(activity['pipeline'])
        else:
            component = activity['component']
            yield component['code'], str(component.get('version') or 'legacy')
