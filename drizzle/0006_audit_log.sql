CREATE TABLE "data_keys" (
	"version" integer PRIMARY KEY NOT NULL,
	"wrapped_key" text NOT NULL,
	"key_encryption_key" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"wrapped_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "data_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "audit_checkpoints" (
	"enterprise_id" uuid NOT NULL,
	"size" bigint NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"note" text NOT NULL,
	CONSTRAINT "audit_checkpoints_enterprise_id_size_pk" PRIMARY KEY("enterprise_id","size")
);
--> statement-breakpoint
ALTER TABLE "audit_checkpoints" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "audit_logs" (
	"enterprise_id" uuid PRIMARY KEY NOT NULL,
	"size" bigint DEFAULT 0 NOT NULL,
	"frontier" "bytea" DEFAULT ''::bytea NOT NULL,
	"checkpoint_due" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit_logs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "audit_nodes" (
	"enterprise_id" uuid NOT NULL,
	"level" bigint NOT NULL,
	"index" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_nodes_enterprise_id_level_index_pk" PRIMARY KEY("enterprise_id","level","index")
);
--> statement-breakpoint
ALTER TABLE "audit_nodes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "checkpoint_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ed25519_public_key" "bytea" NOT NULL,
	"ml_dsa_public_key" "bytea" NOT NULL,
	"sealed_seeds" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "checkpoint_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "personal_keys" (
	"enterprise_id" uuid NOT NULL,
	"person_id" text NOT NULL,
	"sealed_key" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"destroyed_at" timestamp with time zone,
	CONSTRAINT "personal_keys_enterprise_id_person_id_pk" PRIMARY KEY("enterprise_id","person_id")
);
--> statement-breakpoint
ALTER TABLE "personal_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "audit_entries_time";--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "sequence" bigint;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "impersonator" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "before_digest" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "after_digest" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "personal" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "leaf_hash" "bytea";--> statement-breakpoint
-- Rows of before get their numbers, leaf hashes and tree, exactly as crypto/transparency/ makes them: RFC 8785 spelling, RFC 6962 tree.
CREATE FUNCTION pg_temp.canonical(value jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN CASE jsonb_typeof(value)
		WHEN 'object' THEN '{' || coalesce((SELECT string_agg(to_json(key)::text || ':' || pg_temp.canonical(member), ',' ORDER BY key COLLATE "C")
			FROM jsonb_each(value) AS each(key, member)), '') || '}'
		WHEN 'array' THEN '[' || coalesce((SELECT string_agg(pg_temp.canonical(member), ',' ORDER BY place)
			FROM jsonb_array_elements(value) WITH ORDINALITY AS each(member, place)), '') || ']'
		ELSE value::text END;
END $$;--> statement-breakpoint
DO $$
DECLARE
	enterprise uuid; entry record; size bigint; node bigint; level bigint; hash bytea; frontier bytea[];
BEGIN
	FOR enterprise IN SELECT DISTINCT enterprise_id FROM audit_entries LOOP
		size := 0;
		frontier := '{}';
		FOR entry IN SELECT * FROM audit_entries WHERE enterprise_id = enterprise ORDER BY at, id LOOP
			hash := sha256('\x00'::bytea || convert_to(
				'{"actor":' || to_json(entry.actor)::text
				|| ',"after":null,"at":"' || to_char(date_trunc('milliseconds', entry.at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
				|| '","before":null,"detail":' || coalesce(pg_temp.canonical(entry.detail), 'null')
				|| ',"enterprise_id":"' || enterprise || '","id":"' || entry.id
				|| '","impersonator":null,"operation":' || to_json(entry.operation)::text
				|| ',"outcome":' || to_json(entry.outcome)::text
				|| ',"personal":[],"request_id":' || to_json(entry.request_id)::text
				|| ',"sequence":' || (size + 1)
				|| ',"target":' || coalesce(to_json(entry.target)::text, 'null') || '}', 'UTF8'));
			UPDATE audit_entries SET sequence = size + 1, leaf_hash = hash, at = date_trunc('milliseconds', entry.at) WHERE id = entry.id;
			node := size;
			level := 0;
			WHILE node % 2 = 1 LOOP
				hash := sha256('\x01'::bytea || frontier[cardinality(frontier)] || hash);
				frontier := trim_array(frontier, 1);
				node := (node - 1) / 2;
				level := level + 1;
				INSERT INTO audit_nodes (enterprise_id, level, index, hash) VALUES (enterprise, level, node, hash);
			END LOOP;
			frontier := array_append(frontier, hash);
			size := size + 1;
		END LOOP;
		INSERT INTO audit_logs (enterprise_id, size, frontier)
			SELECT enterprise, size, string_agg(part, ''::bytea ORDER BY place) FROM unnest(frontier) WITH ORDINALITY AS each(part, place);
	END LOOP;
END $$;--> statement-breakpoint
ALTER TABLE "audit_entries" ALTER COLUMN "sequence" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ALTER COLUMN "leaf_hash" SET NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entries_sequence" ON "audit_entries" USING btree ("enterprise_id","sequence");--> statement-breakpoint
CREATE INDEX "audit_entries_actor" ON "audit_entries" USING btree ("enterprise_id","actor","sequence");--> statement-breakpoint
CREATE INDEX "audit_entries_operation" ON "audit_entries" USING btree ("enterprise_id","operation","sequence");--> statement-breakpoint
CREATE POLICY "data_keys_identity" ON "data_keys" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "audit_checkpoints_read" ON "audit_checkpoints" AS PERMISSIVE FOR SELECT TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_checkpoints_append" ON "audit_checkpoints" AS PERMISSIVE FOR INSERT TO "aia_app" WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_logs_tenant" ON "audit_logs" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_logs_identity" ON "audit_logs" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "audit_nodes_read" ON "audit_nodes" AS PERMISSIVE FOR SELECT TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_nodes_append" ON "audit_nodes" AS PERMISSIVE FOR INSERT TO "aia_app" WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_nodes_identity_append" ON "audit_nodes" AS PERMISSIVE FOR INSERT TO "aia_identity" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "checkpoint_keys_identity" ON "checkpoint_keys" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "personal_keys_tenant" ON "personal_keys" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "personal_keys_identity" ON "personal_keys" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
-- Appended and read, never changed; only the counter of a log moves.
GRANT SELECT, INSERT ON audit_nodes, audit_checkpoints, personal_keys TO aia_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON audit_logs TO aia_app;--> statement-breakpoint
GRANT INSERT ON audit_nodes TO aia_identity;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON audit_logs, personal_keys TO aia_identity;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON data_keys, checkpoint_keys TO aia_identity;
