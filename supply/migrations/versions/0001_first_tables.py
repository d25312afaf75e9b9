"""First tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from supply.db import append_only_ddl

revision = "0001"
down_revision = None

APPEND_ONLY = (
    "closed_period",
    "document",
    "purchase_order",
    "delivery",
    "order_event",
    "order_line",
    "quality_check",
    "supplier_return",
    "checkpoint",
    "count_line",
    "delivery_line",
    "movement",
    "supplier_return_line",
)


def upgrade() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('officer', 'keeper', 'lead', 'administrator', 'auditor')",
            name=op.f("ck_app_user_role_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("login", name=op.f("uq_app_user_login")),
    )
    op.create_table(
        "area",
        sa.Column("pcode", sa.String(length=12), nullable=False),
        sa.Column("vintage", sa.String(length=10), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_pcode", sa.String(length=12), nullable=True),
        sa.Column("lat", sa.Integer(), nullable=True),
        sa.Column("lon", sa.Integer(), nullable=True),
        sa.Column("boundary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_area_level_known")),
        sa.ForeignKeyConstraint(["parent_pcode"], ["area.pcode"], name=op.f("fk_area_parent_pcode_area")),
        sa.PrimaryKeyConstraint("pcode", name=op.f("pk_area")),
    )
    op.create_index(op.f("ix_area_parent_pcode"), "area", ["parent_pcode"], unique=False)
    op.create_table(
        "imported_file",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.Column("good_count", sa.Integer(), nullable=False),
        sa.Column("bad_count", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("kind", "content_hash", name=op.f("pk_imported_file")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("is_failure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f("pk_job_run")),
    )
    op.create_table(
        "product",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("kg_per_m3", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kg_per_m3 > 0", name=op.f("ck_product_density_positive")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_product")),
    )
    op.create_table(
        "programme",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=True),
        sa.Column("budget_currency", sa.String(length=3), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_programme_in_order")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_programme")),
    )
    op.create_table(
        "road_node",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("lat", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_road_node")),
    )
    op.create_table(
        "supplier",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_supplier")),
    )
    op.create_table(
        "target_group",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_months", sa.Integer(), nullable=True),
        sa.Column("to_months", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('child', 'pregnant', 'breastfeeding')", name=op.f("ck_target_group_kind_known")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_target_group")),
    )
    op.create_table(
        "transporter",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_transporter")),
    )
    op.create_table(
        "vehicle_type",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("capacity_grams", sa.BigInteger(), nullable=False),
        sa.Column("capacity_litres", sa.Integer(), nullable=True),
        sa.Column("fixed_francs", sa.Integer(), nullable=False),
        sa.Column("francs_per_km", sa.Integer(), nullable=False),
        sa.Column("francs_per_tonne_km", sa.Integer(), nullable=False),
        sa.Column("speed_kmh", sa.Integer(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("capacity_grams > 0", name=op.f("ck_vehicle_type_capacity_positive")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_vehicle_type")),
    )
    op.create_table(
        "closed_period",
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_closed_period_user_id_app_user")),
        sa.PrimaryKeyConstraint("closed_on", name=op.f("pk_closed_period")),
        info={"append_only": True},
    )
    op.create_table(
        "cycle",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("programme_code", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'open', 'closed')", name=op.f("ck_cycle_state_known")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_cycle_in_order")),
        sa.ForeignKeyConstraint(
            ["programme_code"], ["programme.code"], name=op.f("fk_cycle_programme_code_programme")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cycle")),
        sa.UniqueConstraint("programme_code", "number", name=op.f("uq_cycle_programme_code_number")),
    )
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_login_session_user_id_app_user")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_expires_at"), "login_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"], unique=False)
    op.create_table(
        "pack",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("product_code", sa.String(length=32), nullable=False),
        sa.Column("name_fr", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("net_grams", sa.Integer(), nullable=False),
        sa.Column("gross_grams", sa.Integer(), nullable=True),
        sa.Column("inner_code", sa.String(length=32), nullable=True),
        sa.Column("is_handed_whole", sa.Boolean(), nullable=False),
        sa.CheckConstraint("net_grams > 0", name=op.f("ck_pack_net_positive")),
        sa.ForeignKeyConstraint(["inner_code"], ["pack.code"], name=op.f("fk_pack_inner_code_pack")),
        sa.ForeignKeyConstraint(
            ["product_code"], ["product.code"], name=op.f("fk_pack_product_code_product")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_pack")),
    )
    op.create_index(op.f("ix_pack_product_code"), "pack", ["product_code"], unique=False)
    op.create_table(
        "place",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("commune_pcode", sa.String(length=12), nullable=True),
        sa.Column("store_code", sa.String(length=32), nullable=True),
        sa.Column("lat", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Integer(), nullable=False),
        sa.Column("capacity_grams", sa.BigInteger(), nullable=True),
        sa.Column("vehicle_types", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind IN ('store', 'site')", name=op.f("ck_place_kind_known")),
        sa.CheckConstraint("capacity_grams > 0", name=op.f("ck_place_capacity_positive")),
        sa.ForeignKeyConstraint(["commune_pcode"], ["area.pcode"], name=op.f("fk_place_commune_pcode_area")),
        sa.ForeignKeyConstraint(["store_code"], ["place.code"], name=op.f("fk_place_store_code_place")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place")),
    )
    op.create_index(op.f("ix_place_commune_pcode"), "place", ["commune_pcode"], unique=False)
    op.create_table(
        "road_edge",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("from_code", sa.String(length=32), nullable=False),
        sa.Column("to_code", sa.String(length=32), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("surface", sa.String(length=10), nullable=False),
        sa.Column("line", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "surface IN ('paved', 'laterite', 'track')", name=op.f("ck_road_edge_surface_known")
        ),
        sa.CheckConstraint("metres > 0", name=op.f("ck_road_edge_length_positive")),
        sa.ForeignKeyConstraint(
            ["from_code"], ["road_node.code"], name=op.f("fk_road_edge_from_code_road_node")
        ),
        sa.ForeignKeyConstraint(["to_code"], ["road_node.code"], name=op.f("fk_road_edge_to_code_road_node")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_road_edge")),
    )
    op.create_index(op.f("ix_road_edge_from_code"), "road_edge", ["from_code"], unique=False)
    op.create_index(op.f("ix_road_edge_to_code"), "road_edge", ["to_code"], unique=False)
    op.create_table(
        "settlement",
        sa.Column("pcode", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("commune_pcode", sa.String(length=12), nullable=False),
        sa.Column("place_class", sa.Integer(), nullable=False),
        sa.Column("lat", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_pcode"], ["area.pcode"], name=op.f("fk_settlement_commune_pcode_area")
        ),
        sa.PrimaryKeyConstraint("pcode", name=op.f("pk_settlement")),
    )
    op.create_index(op.f("ix_settlement_commune_pcode"), "settlement", ["commune_pcode"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("place_code", sa.String(length=32), nullable=True),
        sa.Column("href", sa.String(length=200), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "severity IN ('information', 'warning', 'urgent')", name=op.f("ck_alert_severity_known")
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_alert_place_code_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_alert_kind_subject")),
    )
    op.create_index(op.f("ix_alert_place_code"), "alert", ["place_code"], unique=False)
    op.create_index(op.f("ix_alert_resolved_at"), "alert", ["resolved_at"], unique=False)
    op.create_table(
        "census",
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("group_code", sa.String(length=32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_census_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["group_code"], ["target_group.code"], name=op.f("fk_census_group_code_target_group")
        ),
        sa.ForeignKeyConstraint(["site_code"], ["place.code"], name=op.f("fk_census_site_code_place")),
        sa.PrimaryKeyConstraint("site_code", "group_code", name=op.f("pk_census")),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place_code", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_closure_in_order")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_closure_place_code_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index(op.f("ix_closure_place_code"), "closure", ["place_code"], unique=False)
    op.create_table(
        "cycle_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_code", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_code"], ["cycle.code"], name=op.f("fk_cycle_event_cycle_code_cycle")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_cycle_event_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_event")),
    )
    op.create_index(op.f("ix_cycle_event_cycle_code"), "cycle_event", ["cycle_code"], unique=False)
    op.create_table(
        "delivery_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_code", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("problem", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("basis", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.Column("plan", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("progress", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("is_stop_asked", sa.Boolean(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("rounding", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("seconds_allowed", sa.Integer(), nullable=False),
        sa.Column("milliseconds_used", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'solving', 'proposed', 'approved', 'rejected', 'stopped', 'failed')",
            name=op.f("ck_delivery_plan_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["cycle_code"], ["cycle.code"], name=op.f("fk_delivery_plan_cycle_code_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["app_user.id"], name=op.f("fk_delivery_plan_decided_by_app_user")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_delivery_plan_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_plan")),
    )
    op.create_index(op.f("ix_delivery_plan_cycle_code"), "delivery_plan", ["cycle_code"], unique=False)
    op.create_table(
        "distance",
        sa.Column("from_code", sa.String(length=32), nullable=False),
        sa.Column("to_code", sa.String(length=32), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("metres >= 0", name=op.f("ck_distance_length_not_negative")),
        sa.ForeignKeyConstraint(["from_code"], ["place.code"], name=op.f("fk_distance_from_code_place")),
        sa.ForeignKeyConstraint(["to_code"], ["place.code"], name=op.f("fk_distance_to_code_place")),
        sa.PrimaryKeyConstraint("from_code", "to_code", name=op.f("pk_distance")),
    )
    op.create_table(
        "distribution_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_code", sa.String(length=32), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("leader", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_distribution_session_state_known")),
        sa.ForeignKeyConstraint(
            ["cycle_code"], ["cycle.code"], name=op.f("fk_distribution_session_cycle_code_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["site_code"], ["place.code"], name=op.f("fk_distribution_session_site_code_place")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_distribution_session_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_session")),
        sa.UniqueConstraint(
            "cycle_code",
            "site_code",
            "held_on",
            name=op.f("uq_distribution_session_cycle_code_site_code_held_on"),
        ),
    )
    op.create_index(
        op.f("ix_distribution_session_site_code"), "distribution_session", ["site_code"], unique=False
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place_code", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_code", sa.String(length=32), nullable=True),
        sa.Column("trip_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("override", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('receipt', 'transfer', 'issue', 'condition', 'loss', 'count', 'adjustment', 'departure', 'arrival', 'distribution', 'return', 'supplier-return', 'reversal')",
            name=op.f("ck_document_kind_known"),
        ),
        sa.ForeignKeyConstraint(["cycle_code"], ["cycle.code"], name=op.f("fk_document_cycle_code_cycle")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_document_place_code_place")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["document.id"], name=op.f("fk_document_reverses_id_document")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_document_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "place_code", "kind", "sequence", name=op.f("uq_document_place_code_kind_sequence")
        ),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_document_reverses_id")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_document_place_code"), "document", ["place_code"], unique=False)
    op.create_index(op.f("ix_document_recorded_at"), "document", ["recorded_at"], unique=False)
    op.create_index(op.f("ix_document_trip_id"), "document", ["trip_id"], unique=False)
    op.create_table(
        "household",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("head_name", sa.String(length=120), nullable=False),
        sa.Column("search_name", sa.String(length=240), nullable=False),
        sa.Column("village", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_code"], ["place.code"], name=op.f("fk_household_site_code_place")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_household")),
    )
    op.create_index(op.f("ix_household_search_name"), "household", ["search_name"], unique=False)
    op.create_index(op.f("ix_household_site_code"), "household", ["site_code"], unique=False)
    op.create_table(
        "location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("place_code", sa.String(length=32), nullable=True),
        sa.Column("supplier_code", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "kind IN ('supplier', 'store', 'transit', 'site', 'beneficiaries', 'loss', 'difference')",
            name=op.f("ck_location_kind_known"),
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_location_place_code_place")),
        sa.ForeignKeyConstraint(
            ["supplier_code"], ["supplier.code"], name=op.f("fk_location_supplier_code_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("code", name=op.f("uq_location_code")),
        sa.UniqueConstraint("place_code", name=op.f("uq_location_place_code")),
    )
    op.create_index(op.f("ix_location_kind"), "location", ["kind"], unique=False)
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_code", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("pack_code", sa.String(length=32), nullable=False),
        sa.Column("supplier_code", sa.String(length=32), nullable=True),
        sa.Column("produced_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "produced_on IS NULL OR produced_on <= expires_on", name=op.f("ck_lot_expires_after_production")
        ),
        sa.ForeignKeyConstraint(["pack_code"], ["pack.code"], name=op.f("fk_lot_pack_code_pack")),
        sa.ForeignKeyConstraint(["product_code"], ["product.code"], name=op.f("fk_lot_product_code_product")),
        sa.ForeignKeyConstraint(
            ["supplier_code"], ["supplier.code"], name=op.f("fk_lot_supplier_code_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("product_code", "number", name=op.f("uq_lot_product_code_number")),
    )
    op.create_index(op.f("ix_lot_expires_on"), "lot", ["expires_on"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("supplier_code", sa.String(length=32), nullable=False),
        sa.Column("programme_code", sa.String(length=32), nullable=False),
        sa.Column("store_code", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_micro", sa.BigInteger(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "currency <> 'XOF' OR rate_micro = 1000000", name=op.f("ck_purchase_order_franc_is_franc")
        ),
        sa.CheckConstraint("rate_micro > 0", name=op.f("ck_purchase_order_rate_positive")),
        sa.ForeignKeyConstraint(
            ["programme_code"], ["programme.code"], name=op.f("fk_purchase_order_programme_code_programme")
        ),
        sa.ForeignKeyConstraint(
            ["store_code"], ["place.code"], name=op.f("fk_purchase_order_store_code_place")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_code"], ["supplier.code"], name=op.f("fk_purchase_order_supplier_code_supplier")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_purchase_order_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
        sa.UniqueConstraint(
            "programme_code", "year", "sequence", name=op.f("uq_purchase_order_programme_code_year_sequence")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "ration",
        sa.Column("cycle_code", sa.String(length=32), nullable=False),
        sa.Column("group_code", sa.String(length=32), nullable=False),
        sa.Column("product_code", sa.String(length=32), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("grams > 0", name=op.f("ck_ration_grams_positive")),
        sa.ForeignKeyConstraint(["cycle_code"], ["cycle.code"], name=op.f("fk_ration_cycle_code_cycle")),
        sa.ForeignKeyConstraint(
            ["group_code"], ["target_group.code"], name=op.f("fk_ration_group_code_target_group")
        ),
        sa.ForeignKeyConstraint(
            ["product_code"], ["product.code"], name=op.f("fk_ration_product_code_product")
        ),
        sa.PrimaryKeyConstraint("cycle_code", "group_code", "product_code", name=op.f("pk_ration")),
    )
    op.create_table(
        "target",
        sa.Column("cycle_code", sa.String(length=32), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("group_code", sa.String(length=32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_code"], ["cycle.code"], name=op.f("fk_target_cycle_code_cycle")),
        sa.ForeignKeyConstraint(
            ["group_code"], ["target_group.code"], name=op.f("fk_target_group_code_target_group")
        ),
        sa.ForeignKeyConstraint(["site_code"], ["place.code"], name=op.f("fk_target_site_code_place")),
        sa.PrimaryKeyConstraint("cycle_code", "site_code", "group_code", name=op.f("pk_target")),
    )
    op.create_table(
        "user_place",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place_code", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_user_place_place_code_place")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_place_user_id_app_user")),
        sa.PrimaryKeyConstraint("user_id", "place_code", name=op.f("pk_user_place")),
    )
    op.create_table(
        "vehicle",
        sa.Column("plate", sa.String(length=32), nullable=False),
        sa.Column("type_code", sa.String(length=32), nullable=False),
        sa.Column("transporter_code", sa.String(length=32), nullable=False),
        sa.Column("store_code", sa.String(length=32), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["store_code"], ["place.code"], name=op.f("fk_vehicle_store_code_place")),
        sa.ForeignKeyConstraint(
            ["transporter_code"], ["transporter.code"], name=op.f("fk_vehicle_transporter_code_transporter")
        ),
        sa.ForeignKeyConstraint(
            ["type_code"], ["vehicle_type.code"], name=op.f("fk_vehicle_type_code_vehicle_type")
        ),
        sa.PrimaryKeyConstraint("plate", name=op.f("pk_vehicle")),
    )
    op.create_index(op.f("ix_vehicle_store_code"), "vehicle", ["store_code"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("condition", sa.String(length=8), nullable=False),
        sa.CheckConstraint("condition IN ('good', 'hold', 'unfit')", name=op.f("ck_account_condition_known")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_account_location_id_location")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_account_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint(
            "location_id", "lot_id", "condition", name=op.f("uq_account_location_id_lot_id_condition")
        ),
    )
    op.create_index(op.f("ix_account_lot_id"), "account", ["lot_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_delivery_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_delivery_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_delivery_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("document_id", name=op.f("uq_delivery_document_id")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_delivery_order_id"), "delivery", ["order_id"], unique=False)
    op.create_table(
        "order_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('shipped', 'postponed', 'closed', 'cancelled')", name=op.f("ck_order_event_step_known")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_event_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_order_event_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_order_event_order_id"), "order_event", ["order_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("product_code", sa.String(length=32), nullable=False),
        sa.Column("pack_code", sa.String(length=32), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("price_per_tonne", sa.BigInteger(), nullable=False),
        sa.Column("first_expected_on", sa.Date(), nullable=False),
        sa.CheckConstraint("grams > 0", name=op.f("ck_order_line_grams_positive")),
        sa.CheckConstraint("price_per_tonne >= 0", name=op.f("ck_order_line_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_line_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(["pack_code"], ["pack.code"], name=op.f("fk_order_line_pack_code_pack")),
        sa.ForeignKeyConstraint(
            ["product_code"], ["product.code"], name=op.f("fk_order_line_product_code_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "line", name=op.f("uq_order_line_order_id_line")),
        info={"append_only": True},
    )
    op.create_table(
        "person",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("household_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("search_name", sa.String(length=240), nullable=False),
        sa.Column("sex", sa.String(length=8), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("birth_known", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "birth_known IN ('certificate', 'health-card', 'events-calendar', 'estimate')",
            name=op.f("ck_person_birth_known_known"),
        ),
        sa.CheckConstraint("sex IN ('female', 'male')", name=op.f("ck_person_sex_known")),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_person_household_code_household")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_born_on"), "person", ["born_on"], unique=False)
    op.create_index(op.f("ix_person_household_code"), "person", ["household_code"], unique=False)
    op.create_index(op.f("ix_person_search_name"), "person", ["search_name"], unique=False)
    op.create_table(
        "quality_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("store_code", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(length=10), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("certificate", sa.String(length=80), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("finding IN ('passed', 'rejected')", name=op.f("ck_quality_check_finding_known")),
        sa.CheckConstraint("grams > 0", name=op.f("ck_quality_check_grams_positive")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_quality_check_document_id_document")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_quality_check_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["store_code"], ["place.code"], name=op.f("fk_quality_check_store_code_place")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_quality_check_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_check")),
        sa.UniqueConstraint("document_id", name=op.f("uq_quality_check_document_id")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_quality_check_lot_id"), "quality_check", ["lot_id"], unique=False)
    op.create_table(
        "supplier_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_supplier_return_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_supplier_return_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_supplier_return_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_return")),
        sa.UniqueConstraint("document_id", name=op.f("uq_supplier_return_document_id")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_supplier_return_order_id"), "supplier_return", ["order_id"], unique=False)
    op.create_table(
        "tally",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("group_code", sa.String(length=32), nullable=False),
        sa.Column("product_code", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("due_grams", sa.BigInteger(), nullable=False),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("due_grams > 0", name=op.f("ck_tally_due_positive")),
        sa.CheckConstraint("grams > 0", name=op.f("ck_tally_grams_positive")),
        sa.CheckConstraint("people > 0", name=op.f("ck_tally_people_positive")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_tally_document_id_document")),
        sa.ForeignKeyConstraint(
            ["group_code"], ["target_group.code"], name=op.f("fk_tally_group_code_target_group")
        ),
        sa.ForeignKeyConstraint(
            ["product_code"], ["product.code"], name=op.f("fk_tally_product_code_product")
        ),
        sa.ForeignKeyConstraint(["reversed_by"], ["document.id"], name=op.f("fk_tally_reversed_by_document")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["distribution_session.id"], name=op.f("fk_tally_session_id_distribution_session")
        ),
        sa.PrimaryKeyConstraint("document_id", "group_code", "product_code", name=op.f("pk_tally")),
    )
    op.create_index(op.f("ix_tally_session_id"), "tally", ["session_id"], unique=False)
    op.create_table(
        "trip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("store_code", sa.String(length=32), nullable=False),
        sa.Column("vehicle_type_code", sa.String(length=32), nullable=False),
        sa.Column("plate", sa.String(length=32), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("day_count", sa.Integer(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("driver", sa.String(length=120), nullable=False),
        sa.Column("driver_phone", sa.String(length=40), nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=False),
        sa.Column("departed_on", sa.Date(), nullable=True),
        sa.Column("departure_reason", sa.Text(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'departed', 'arrived', 'cancelled')", name=op.f("ck_trip_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["delivery_plan.id"], name=op.f("fk_trip_plan_id_delivery_plan")
        ),
        sa.ForeignKeyConstraint(["plate"], ["vehicle.plate"], name=op.f("fk_trip_plate_vehicle")),
        sa.ForeignKeyConstraint(["store_code"], ["place.code"], name=op.f("fk_trip_store_code_place")),
        sa.ForeignKeyConstraint(
            ["vehicle_type_code"], ["vehicle_type.code"], name=op.f("fk_trip_vehicle_type_code_vehicle_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_trip_plan_id_number")),
    )
    op.create_index(op.f("ix_trip_store_code"), "trip", ["store_code"], unique=False)
    op.create_table(
        "checkpoint",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_checkpoint_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "closed_on", name=op.f("pk_checkpoint")),
        info={"append_only": True},
    )
    op.create_table(
        "count_line",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("book_grams", sa.BigInteger(), nullable=False),
        sa.Column("counted_grams", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_count_line_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_count_line_document_id_document")
        ),
        sa.PrimaryKeyConstraint("document_id", "account_id", name=op.f("pk_count_line")),
        info={"append_only": True},
    )
    op.create_table(
        "delivery_line",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("grams > 0", name=op.f("ck_delivery_line_grams_positive")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_line_delivery_id_delivery")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_delivery_line_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_delivery_line_order_line_id_order_line")
        ),
        sa.PrimaryKeyConstraint("delivery_id", "line", name=op.f("pk_delivery_line")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_delivery_line_order_line_id"), "delivery_line", ["order_line_id"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_code", sa.String(length=40), nullable=False),
        sa.Column("programme_code", sa.String(length=32), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR enrolled_on <= withdrawn_on", name=op.f("ck_enrolment_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["person_code"], ["person.code"], name=op.f("fk_enrolment_person_code_person")
        ),
        sa.ForeignKeyConstraint(
            ["programme_code"], ["programme.code"], name=op.f("fk_enrolment_programme_code_programme")
        ),
        sa.ForeignKeyConstraint(["site_code"], ["place.code"], name=op.f("fk_enrolment_site_code_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_index(op.f("ix_enrolment_person_code"), "enrolment", ["person_code"], unique=False)
    op.create_index(op.f("ix_enrolment_site_code"), "enrolment", ["site_code"], unique=False)
    op.create_index(
        "uq_enrolment_living",
        "enrolment",
        ["person_code", "programme_code"],
        unique=True,
        sqlite_where=sa.text("withdrawn_on IS NULL"),
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )
    op.create_table(
        "handout",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("person_code", sa.String(length=40), nullable=False),
        sa.Column("product_code", sa.String(length=32), nullable=False),
        sa.Column("cycle_code", sa.String(length=32), nullable=False),
        sa.Column("group_code", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("due_grams", sa.BigInteger(), nullable=False),
        sa.Column("received_by", sa.String(length=120), nullable=False),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("due_grams > 0", name=op.f("ck_handout_due_positive")),
        sa.CheckConstraint("grams > 0", name=op.f("ck_handout_grams_positive")),
        sa.ForeignKeyConstraint(["cycle_code"], ["cycle.code"], name=op.f("fk_handout_cycle_code_cycle")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_handout_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["target_group.code"], name=op.f("fk_handout_group_code_target_group")
        ),
        sa.ForeignKeyConstraint(["person_code"], ["person.code"], name=op.f("fk_handout_person_code_person")),
        sa.ForeignKeyConstraint(
            ["product_code"], ["product.code"], name=op.f("fk_handout_product_code_product")
        ),
        sa.ForeignKeyConstraint(
            ["reversed_by"], ["document.id"], name=op.f("fk_handout_reversed_by_document")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["distribution_session.id"],
            name=op.f("fk_handout_session_id_distribution_session"),
        ),
        sa.PrimaryKeyConstraint("document_id", "person_code", "product_code", name=op.f("pk_handout")),
    )
    op.create_index(op.f("ix_handout_person_code"), "handout", ["person_code"], unique=False)
    op.create_index(op.f("ix_handout_session_id"), "handout", ["session_id"], unique=False)
    op.create_index(
        "uq_handout_living",
        "handout",
        ["cycle_code", "person_code", "product_code"],
        unique=True,
        sqlite_where=sa.text("reversed_by IS NULL"),
        postgresql_where=sa.text("reversed_by IS NULL"),
    )
    op.create_table(
        "list_entry",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_code", sa.String(length=40), nullable=False),
        sa.Column("group_code", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.CheckConstraint(
            "(group_code IS NULL) <> (reason IS NULL)", name=op.f("ck_list_entry_group_or_reason")
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["target_group.code"], name=op.f("fk_list_entry_group_code_target_group")
        ),
        sa.ForeignKeyConstraint(
            ["person_code"], ["person.code"], name=op.f("fk_list_entry_person_code_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["distribution_session.id"],
            name=op.f("fk_list_entry_session_id_distribution_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "person_code", name=op.f("pk_list_entry")),
    )
    op.create_table(
        "movement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("from_account_id", sa.Integer(), nullable=False),
        sa.Column("to_account_id", sa.Integer(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_movement_moves")),
        sa.CheckConstraint("grams > 0", name=op.f("ck_movement_grams_positive")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_movement_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["from_account_id"], ["account.id"], name=op.f("fk_movement_from_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["to_account_id"], ["account.id"], name=op.f("fk_movement_to_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
        sa.UniqueConstraint("document_id", "line", name=op.f("uq_movement_document_id_line")),
        info={"append_only": True},
    )
    op.create_index("ix_movement_from", "movement", ["from_account_id", "occurred_on", "grams"], unique=False)
    op.create_index("ix_movement_to", "movement", ["to_account_id", "occurred_on", "grams"], unique=False)
    op.create_table(
        "person_status",
        sa.Column("person_code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('pregnant', 'breastfeeding')", name=op.f("ck_person_status_kind_known")),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name=op.f("ck_person_status_in_order")),
        sa.ForeignKeyConstraint(
            ["person_code"], ["person.code"], name=op.f("fk_person_status_person_code_person")
        ),
        sa.PrimaryKeyConstraint("person_code", "kind", "from_on", name=op.f("pk_person_status")),
    )
    op.create_table(
        "possible_duplicate",
        sa.Column("person_code", sa.String(length=40), nullable=False),
        sa.Column("other_code", sa.String(length=40), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('different', 'same')",
            name=op.f("ck_possible_duplicate_decision_known"),
        ),
        sa.CheckConstraint("person_code < other_code", name=op.f("ck_possible_duplicate_in_order")),
        sa.ForeignKeyConstraint(
            ["other_code"], ["person.code"], name=op.f("fk_possible_duplicate_other_code_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_code"], ["person.code"], name=op.f("fk_possible_duplicate_person_code_person")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_possible_duplicate_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("person_code", "other_code", name=op.f("pk_possible_duplicate")),
    )
    op.create_table(
        "reservation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trip_id", sa.Uuid(), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'used', 'released')", name=op.f("ck_reservation_state_known")
        ),
        sa.CheckConstraint("grams > 0", name=op.f("ck_reservation_grams_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_reservation_account_id_account")
        ),
        sa.ForeignKeyConstraint(["site_code"], ["place.code"], name=op.f("fk_reservation_site_code_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    op.create_index(op.f("ix_reservation_account_id"), "reservation", ["account_id"], unique=False)
    op.create_index(op.f("ix_reservation_trip_id"), "reservation", ["trip_id"], unique=False)
    op.create_table(
        "supplier_return_line",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("grams > 0", name=op.f("ck_supplier_return_line_grams_positive")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_supplier_return_line_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_supplier_return_line_order_line_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["supplier_return.id"],
            name=op.f("fk_supplier_return_line_return_id_supplier_return"),
        ),
        sa.PrimaryKeyConstraint("return_id", "line", name=op.f("pk_supplier_return_line")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_supplier_return_line_order_line_id"), "supplier_return_line", ["order_line_id"], unique=False
    )
    op.create_table(
        "waybill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Uuid(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("receiver", sa.String(length=120), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("departure_id", sa.Uuid(), nullable=True),
        sa.Column("arrival_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["arrival_id"], ["document.id"], name=op.f("fk_waybill_arrival_id_document")),
        sa.ForeignKeyConstraint(
            ["departure_id"], ["document.id"], name=op.f("fk_waybill_departure_id_document")
        ),
        sa.ForeignKeyConstraint(["site_code"], ["place.code"], name=op.f("fk_waybill_site_code_place")),
        sa.ForeignKeyConstraint(["store_code"], ["place.code"], name=op.f("fk_waybill_store_code_place")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_waybill_trip_id_trip")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waybill")),
        sa.UniqueConstraint("number", name=op.f("uq_waybill_number")),
        sa.UniqueConstraint("store_code", "sequence", name=op.f("uq_waybill_store_code_sequence")),
        sa.UniqueConstraint("trip_id", "stop", name=op.f("uq_waybill_trip_id_stop")),
    )
    op.create_index(op.f("ix_waybill_site_code"), "waybill", ["site_code"], unique=False)
    op.create_table(
        "waybill_line",
        sa.Column("waybill_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("planned_grams", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_grams", sa.BigInteger(), nullable=True),
        sa.Column("good_grams", sa.BigInteger(), nullable=True),
        sa.Column("damaged_grams", sa.BigInteger(), nullable=True),
        sa.Column("missing_grams", sa.BigInteger(), nullable=True),
        sa.Column("excess_grams", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "good_grams IS NULL OR good_grams + damaged_grams + missing_grams = dispatched_grams + excess_grams",
            name=op.f("ck_waybill_line_arrival_adds_up"),
        ),
        sa.CheckConstraint(
            "planned_grams >= 0 AND dispatched_grams >= 0", name=op.f("ck_waybill_line_not_negative")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_waybill_line_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["waybill_id"], ["waybill.id"], name=op.f("fk_waybill_line_waybill_id_waybill")
        ),
        sa.PrimaryKeyConstraint("waybill_id", "line", name=op.f("pk_waybill_line")),
    )

    for table in APPEND_ONLY:
        for statement in append_only_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)
