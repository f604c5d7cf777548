"""what a run still has to do, pace of hosts, endings, validators, base rates of parsers"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('hosts',
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=True),
    sa.Column('beat_at', sa.Double(), nullable=True),
    sa.Column('asked_at', sa.Double(), nullable=True),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('walls', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_hosts'))
    )
    op.create_table('validators',
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('last_modified', sa.Text(), nullable=True),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('content_type', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('url', name=op.f('pk_validators'))
    )
    op.create_table('endings',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('page_kind', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('first_seen_at', storage.schema.base.UtcTime(), nullable=False),
    sa.Column('last_seen_at', storage.schema.base.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_endings_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'page_kind', name=op.f('pk_endings'))
    )
    op.create_table('jobs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.Text(), nullable=True),
    sa.Column('beat_at', sa.Double(), nullable=True),
    sa.Column('since', storage.schema.base.UtcTime(), nullable=False),
    sa.Column('feed_clock', storage.schema.base.UtcTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_jobs_account_id')),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_jobs_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('run_id', 'step', 'account_id', name=op.f('uq_jobs_run_id_step_account_id'))
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_jobs_run_id_state'), ['run_id', 'state'], unique=False)

    op.create_table('yields',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('n_records', sa.Integer(), nullable=False),
    sa.Column('filled', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_yields_account_id')),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_yields_run_id')),
    sa.PrimaryKeyConstraint('account_id', 'kind', 'run_id', name=op.f('pk_yields'))
    )
    # Plain columns: a table of a million snapshots is not written anew for them.
    op.add_column('snapshots', sa.Column('run_id', sa.Integer(), nullable=True))
    op.add_column('snapshots', sa.Column('account_id', sa.Integer(), nullable=True))
    op.add_column('snapshots', sa.Column('kind', sa.Text(), nullable=True))
    op.create_index(op.f('ix_snapshots_account_id'), 'snapshots', ['account_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_snapshots_account_id'), table_name='snapshots')
    for name in ('kind', 'account_id', 'run_id'):
        op.drop_column('snapshots', name)

    op.drop_table('yields')
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_jobs_run_id_state'))

    op.drop_table('jobs')
    op.drop_table('endings')
    op.drop_table('validators')
    op.drop_table('hosts')
