"""drafts and labels of templates, and what is said of a version"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('template_draft',
    sa.Column('template_id', key, nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('base_version', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('format', sa.Integer(), nullable=False),
    sa.Column('tree', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_template_draft_template_id_template')),
    sa.PrimaryKeyConstraint('template_id', name=op.f('pk_template_draft'))
    )
    op.create_table('template_label',
    sa.Column('template_id', key, nullable=False),
    sa.Column('label', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_template_label_template_id_template')),
    sa.PrimaryKeyConstraint('template_id', 'label', name=op.f('pk_template_label'))
    )
    op.create_index('ix_template_label_label', 'template_label', ['label', 'template_id'], unique=False)

    # Without a rewrite of the table: SQLite and PostgreSQL add a column that has a default at once.
    op.add_column('template', sa.Column('draft_revision', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('template_version', sa.Column('message', sa.String(length=200), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('template_version', schema=None) as batch_op:
        batch_op.drop_column('message')

    with op.batch_alter_table('template', schema=None) as batch_op:
        batch_op.drop_column('draft_revision')

    op.drop_index('ix_template_label_label', table_name='template_label')
    op.drop_table('template_label')
    op.drop_table('template_draft')
