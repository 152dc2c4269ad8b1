"""in whose name tasks run, and who starts them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = ("project", "template", "task")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("executor_proxy", sa.String(length=64), server_default="", nullable=False))
    op.add_column("template", sa.Column("flow_type", sa.String(length=16), server_default="common", nullable=False))


def downgrade() -> None:
    op.drop_column("template", "flow_type")
    for table in TABLES:
        op.drop_column(table, "executor_proxy")
