"""access tokens, grants, schemes, functionalized orders; who changed what from where; ids of templates for exchange"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_token',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('last_used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_access_token_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_token')),
    sa.UniqueConstraint('digest', name=op.f('uq_access_token_digest'))
    )
    with op.batch_alter_table('access_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_token_user_id'), ['user_id'], unique=False)

    op.create_table('grant',
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('object_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('permission', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_grant_project_id_project')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_grant_user_id_user')),
    sa.PrimaryKeyConstraint('project_id', 'user_id', 'kind', 'object_id', 'permission', name=op.f('pk_grant'))
    )
    op.create_table('function_task',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('task_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('creator', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('claimant', sa.String(length=64), nullable=False),
    sa.Column('claimed_at', sa.BigInteger(), nullable=True),
    sa.Column('rejecter', sa.String(length=64), nullable=False),
    sa.Column('rejected_at', sa.BigInteger(), nullable=True),
    sa.Column('predecessor', sa.String(length=64), nullable=False),
    sa.Column('transferred_at', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_function_task_project_id_project')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_function_task_task_id_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_function_task')),
    sa.UniqueConstraint('task_id', name=op.f('uq_function_task_task_id'))
    )
    with op.batch_alter_table('function_task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_function_task_project_id'), ['project_id'], unique=False)

    op.create_table('scheme',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('template_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('nodes', sa.Text(), nullable=False),
    sa.Column('creator', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_scheme_template_id_template')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheme')),
    sa.UniqueConstraint('template_id', 'name', name=op.f('uq_scheme_template_id_name'))
    )
    with op.batch_alter_table('api_app', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_active', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('expires_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('last_used_at', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('journal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('kind', sa.String(length=16), server_default='task', nullable=False))
        batch_op.add_column(sa.Column('key', sa.String(length=128), server_default='', nullable=False))
        batch_op.add_column(sa.Column('app_code', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('address', sa.String(length=64), server_default='', nullable=False))
        batch_op.alter_column('task_id',
               existing_type=sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
               nullable=True)
        batch_op.create_index('ix_journal_project', ['project_id', 'id'], unique=False)

    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index('ix_task_project', ['project_id', 'id'], unique=False)

    with op.batch_alter_table('template', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pipeline_id', sa.String(length=32), nullable=True))
    _fill_pipeline_ids(op.get_bind())
    with op.batch_alter_table('template', schema=None) as batch_op:
        batch_op.alter_column('pipeline_id', existing_type=sa.String(length=32), nullable=False)
        batch_op.create_index('uq_template_common_pipeline', ['pipeline_id'], unique=True, sqlite_where=sa.text('project_id IS NULL AND NOT is_deleted'), postgresql_where=sa.text('project_id IS NULL AND NOT is_deleted'))
        batch_op.create_index('uq_template_project_pipeline', ['project_id', 'pipeline_id'], unique=True, sqlite_where=sa.text('NOT is_deleted'), postgresql_where=sa.text('NOT is_deleted'))



def downgrade() -> None:
    with op.batch_alter_table('template', schema=None) as batch_op:
        batch_op.drop_index('uq_template_project_pipeline', sqlite_where=sa.text('NOT is_deleted'), postgresql_where=sa.text('NOT is_deleted'))
        batch_op.drop_index('uq_template_common_pipeline', sqlite_where=sa.text('project_id IS NULL AND NOT is_deleted'), postgresql_where=sa.text('project_id IS NULL AND NOT is_deleted'))
        batch_op.drop_column('pipeline_id')

    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index('ix_task_project')

    # The older journal holds only what was done to tasks.
    op.execute('DELETE FROM journal WHERE task_id IS NULL')
    with op.batch_alter_table('journal', schema=None) as batch_op:
        batch_op.drop_index('ix_journal_project')
        batch_op.alter_column('task_id',
               existing_type=sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
               nullable=False)
        batch_op.drop_column('address')
        batch_op.drop_column('app_code')
        batch_op.drop_column('key')
        batch_op.drop_column('kind')
        batch_op.drop_column('project_id')

    with op.batch_alter_table('api_app', schema=None) as batch_op:
        batch_op.drop_column('last_used_at')
        batch_op.drop_column('expires_at')
        batch_op.drop_column('is_active')

    op.drop_table('scheme')
    with op.batch_alter_table('function_task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_function_task_project_id'))

    op.drop_table('function_task')
    op.drop_table('grant')
    with op.batch_alter_table('access_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_token_user_id'))

    op.drop_table('access_token')


def _fill_pipeline_ids(connection: sa.Connection) -> None:
    templates = sa.table('template', sa.column('id'), sa.column('pipeline_id'))
    for template_id in connection.scalars(sa.select(templates.c.id)).all():
        chosen = sa.update(templates).where(templates.c.id == template_id)
        connection.execute(chosen.values(pipeline_id=uuid.uuid4().hex))
