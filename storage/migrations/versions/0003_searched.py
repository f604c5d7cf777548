"""keyword searches, where suspected accounts were seen, dismissed ones, hashes of profile pictures"""

import sqlalchemy as sa
from alembic import op

import storage.schema

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('searches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('keyword', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('n_found', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('searched_at', storage.schema.base.UtcTime(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('searched_by', sa.Text(), nullable=True),
    sa.Column('snapshot_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_searches_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_searches')),
    sa.UniqueConstraint('run_id', 'platform', 'keyword', name=op.f('uq_searches_run_id_platform_keyword'))
    )
    with op.batch_alter_table('searches', schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f('ix_searches_platform_keyword_searched_at'), ['platform', 'keyword', 'searched_at'], unique=False
        )

    op.create_table('sightings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('keyword', sa.Text(), nullable=True),
    sa.Column('layout_known', sa.Boolean(), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=True),
    sa.Column('seen_at', storage.schema.base.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_sightings_candidate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sightings'))
    )
    with op.batch_alter_table('sightings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sightings_candidate_id'), ['candidate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sightings_snapshot_id'), ['snapshot_id'], unique=False)

    op.create_table('dismissed',
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('decided_at', storage.schema.base.UtcTime(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('platform', 'key', name=op.f('pk_dismissed'))
    )
    op.create_table('avatars',
    sa.Column('url_sha256', sa.Text(), nullable=False),
    sa.Column('phash', sa.Text(), nullable=False),
    sa.Column('fetched_at', storage.schema.base.UtcTime(), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=True),
    sa.Column('owner', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('url_sha256', name=op.f('pk_avatars'))
    )


def downgrade() -> None:
    op.drop_table('avatars')
    op.drop_table('dismissed')
    with op.batch_alter_table('sightings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sightings_snapshot_id'))
        batch_op.drop_index(batch_op.f('ix_sightings_candidate_id'))

    op.drop_table('sightings')
    with op.batch_alter_table('searches', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_searches_platform_keyword_searched_at'))

    op.drop_table('searches')
