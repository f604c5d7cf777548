"""whether our own connectivity was proven as a link was checked, probes of websites and services"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    # Nobody wrote down whether a control address answered around the checks so far: none of them is proven.
    op.add_column('link_checks', sa.Column('proven', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table('probes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('proven', sa.Boolean(), nullable=False),
    sa.Column('checked_at', storage.schema.base.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_probes_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_probes')),
    sa.UniqueConstraint('run_id', 'kind', 'unit', 'address', name=op.f('uq_probes_run_id_kind_unit_address'))
    )
    with op.batch_alter_table('probes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_probes_unit_checked_at'), ['unit', 'checked_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('probes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_probes_unit_checked_at'))

    op.drop_table('probes')
    with op.batch_alter_table('link_checks', schema=None) as batch_op:
        batch_op.drop_column('proven')
