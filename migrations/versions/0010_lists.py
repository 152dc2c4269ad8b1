"""saved filters, favourite flows, credentials of hosts; indexes of lists"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_PERSON = sa.text("wait = 'person'")


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('saved_filter',
    sa.Column('id', key, nullable=False),
    sa.Column('project_id', key, nullable=False),
    sa.Column('user_id', key, nullable=False),
    sa.Column('list_name', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_saved_filter_project_id_project')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_saved_filter_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter')),
    sa.UniqueConstraint('project_id', 'user_id', 'list_name', 'name', name=op.f('uq_saved_filter_project_id_user_id_list_name_name'))
    )
    op.create_table('favourite',
    sa.Column('project_id', key, nullable=False),
    sa.Column('user_id', key, nullable=False),
    sa.Column('template_id', key, nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_favourite_project_id_project')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_favourite_user_id_user')),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_favourite_template_id_template')),
    sa.PrimaryKeyConstraint('project_id', 'user_id', 'template_id', name=op.f('pk_favourite'))
    )
    op.create_index('ix_favourite_template', 'favourite', ['template_id'], unique=False)
    op.create_table('credential',
    sa.Column('id', key, nullable=False),
    sa.Column('project_id', key, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('user', sa.String(length=64), nullable=False),
    sa.Column('password', sa.Text(), nullable=False),
    sa.Column('private_key', sa.Text(), nullable=False),
    sa.Column('edited_by', sa.String(length=64), nullable=False),
    sa.Column('edited_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_credential_project_id_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credential')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_credential_project_id_name'))
    )
    with op.batch_alter_table('host', schema=None) as batch_op:
        batch_op.add_column(sa.Column('credential_id', key, nullable=True))
        batch_op.create_index('ix_host_credential_id', ['credential_id'], unique=False)
        batch_op.create_foreign_key('fk_host_credential_id_credential', 'credential', ['credential_id'], ['id'])

    op.create_index('ix_task_template', 'task', ['template_id', 'id'], unique=False)
    op.drop_index('ix_task_template_id', table_name='task')
    op.create_index(
        'ix_run_token_person', 'run_token', ['root_id'], unique=False, sqlite_where=_PERSON, postgresql_where=_PERSON
    )


def downgrade() -> None:
    op.drop_index('ix_run_token_person', table_name='run_token', sqlite_where=_PERSON, postgresql_where=_PERSON)
    op.create_index('ix_task_template_id', 'task', ['template_id'], unique=False)
    op.drop_index('ix_task_template', table_name='task')
    with op.batch_alter_table('host', schema=None) as batch_op:
        batch_op.drop_constraint('fk_host_credential_id_credential', type_='foreignkey')
        batch_op.drop_index('ix_host_credential_id')
        batch_op.drop_column('credential_id')

    op.drop_table('credential')
    op.drop_index('ix_favourite_template', table_name='favourite')
    op.drop_table('favourite')
    op.drop_table('saved_filter')
