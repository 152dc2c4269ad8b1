"""flows that are run in cycles, and tokens of apps that sign their calls"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('app_token',
    sa.Column('id', key, nullable=False),
    sa.Column('app_id', key, nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['app_id'], ['api_app.id'], name=op.f('fk_app_token_app_id_api_app')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_app_token')),
    sa.UniqueConstraint('digest', name=op.f('uq_app_token_digest'))
    )
    op.create_index(op.f('ix_app_token_app_id'), 'app_token', ['app_id'], unique=False)
    op.create_table('app_proof',
    sa.Column('app_id', key, nullable=False),
    sa.Column('proof', sa.String(length=64), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['app_id'], ['api_app.id'], name=op.f('fk_app_proof_app_id_api_app')),
    sa.PrimaryKeyConstraint('app_id', 'proof', name=op.f('pk_app_proof'))
    )
    op.create_index(op.f('ix_app_proof_until'), 'app_proof', ['until'], unique=False)
    op.create_table('flow_number',
    sa.Column('id', key, autoincrement=False, nullable=False),
    sa.Column('template_id', key, nullable=False),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_flow_number_template_id_template')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flow_number'))
    )
    op.create_index(op.f('ix_flow_number_template_id'), 'flow_number', ['template_id'], unique=False)
    op.create_table('flow_directory',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('project_id', key, nullable=False),
    sa.Column('parent_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_flow_directory_project_id_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flow_directory')),
    sa.UniqueConstraint('project_id', 'parent_id', 'name', name=op.f('uq_flow_directory_project_id_parent_id_name'))
    )
    op.create_table('flow_settings',
    sa.Column('template_id', key, nullable=False),
    sa.Column('project_id', key, nullable=False),
    sa.Column('number', key, nullable=False),
    sa.Column('directory_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.Integer(), nullable=False),
    sa.Column('expression', sa.String(length=255), nullable=False),
    sa.Column('cycle', sa.String(length=4), nullable=False),
    sa.Column('starts_on', sa.String(length=10), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_locked', sa.Boolean(), nullable=False),
    sa.Column('alert_mode', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=128), nullable=False),
    sa.Column('owners', sa.Text(), nullable=False),
    sa.Column('visitors', sa.Text(), nullable=False),
    sa.Column('queue', sa.String(length=128), nullable=False),
    sa.Column('sync_type', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=True),
    sa.Column('scheduled_since', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_flow_settings_project_id_project')),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_flow_settings_template_id_template')),
    sa.PrimaryKeyConstraint('template_id', name=op.f('pk_flow_settings')),
    sa.UniqueConstraint('number', name=op.f('uq_flow_settings_number'))
    )
    op.create_index(op.f('ix_flow_settings_next_at'), 'flow_settings', ['next_at'], unique=False)
    op.create_index(op.f('ix_flow_settings_project_id'), 'flow_settings', ['project_id'], unique=False)
    op.create_table('flow_reference',
    sa.Column('template_id', key, nullable=False),
    sa.Column('upstream_id', key, nullable=False),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_flow_reference_template_id_template')),
    sa.ForeignKeyConstraint(['upstream_id'], ['template.id'], name=op.f('fk_flow_reference_upstream_id_template')),
    sa.PrimaryKeyConstraint('template_id', 'upstream_id', name=op.f('pk_flow_reference'))
    )
    op.create_index(op.f('ix_flow_reference_upstream_id'), 'flow_reference', ['upstream_id'], unique=False)
    op.create_table('flow_instance',
    sa.Column('id', key, nullable=False),
    sa.Column('project_id', key, nullable=False),
    sa.Column('template_id', key, nullable=False),
    sa.Column('stamp', sa.String(length=16), nullable=False),
    sa.Column('trigger_at', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Integer(), nullable=False),
    sa.Column('is_by_hand', sa.Boolean(), nullable=False),
    sa.Column('creator', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('parameters', sa.Text(), nullable=False),
    sa.Column('from_node', sa.String(length=64), nullable=False),
    sa.Column('task_id', key, nullable=True),
    sa.Column('ids', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_flow_instance_project_id_project')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_flow_instance_task_id_task')),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_flow_instance_template_id_template')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flow_instance')),
    sa.UniqueConstraint('task_id', name=op.f('uq_flow_instance_task_id')),
    sa.UniqueConstraint('template_id', 'stamp', name=op.f('uq_flow_instance_template_id_stamp'))
    )
    op.create_index('ix_flow_instance_state', 'flow_instance', ['state', 'trigger_at'], unique=False)
    op.create_index('ix_flow_instance_project', 'flow_instance', ['project_id', 'trigger_at'], unique=False)
    op.create_index('ix_flow_instance_times', 'flow_instance', ['template_id', 'trigger_at'], unique=False)
    op.create_table('flow_wait',
    sa.Column('instance_id', key, nullable=False),
    sa.Column('node_id', sa.String(length=64), nullable=False),
    sa.Column('upstream_id', key, nullable=False),
    sa.Column('upstream_task', key, nullable=True),
    sa.Column('starts_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.Column('is_over', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['flow_instance.id'], name=op.f('fk_flow_wait_instance_id_flow_instance')),
    sa.ForeignKeyConstraint(['upstream_id'], ['template.id'], name=op.f('fk_flow_wait_upstream_id_template')),
    sa.PrimaryKeyConstraint('instance_id', 'node_id', 'starts_at', name=op.f('pk_flow_wait'))
    )
    op.create_index('ix_flow_wait_is_over', 'flow_wait', ['is_over', 'upstream_id'], unique=False)


def downgrade() -> None:
    for table in ('flow_wait', 'flow_instance', 'flow_reference', 'flow_settings', 'flow_directory', 'flow_number',
                  'app_proof', 'app_token'):
        op.drop_table(table)
