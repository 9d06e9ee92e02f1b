CREATE TYPE "public"."enterprise_tier" AS ENUM('standard', 'enterprise', 'fortune_500');--> statement-breakpoint
-- A server has one set of roles for all its databases.
DO $$ BEGIN CREATE ROLE "aia_app"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;--> statement-breakpoint
DO $$ BEGIN CREATE ROLE "aia_identity"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;--> statement-breakpoint
CREATE TABLE "memberships" (
	"enterprise_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_person_id_enterprise_id_pk" PRIMARY KEY("person_id","enterprise_id")
);
--> statement-breakpoint
ALTER TABLE "memberships" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "refresh_tokens" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"sealed_private_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "signing_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "enterprises" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" varchar(255) NOT NULL,
	"tier" "enterprise_tier" DEFAULT 'standard' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"partner_type" varchar(100),
	"integration_status" varchar(50),
	"api_credentials" json
);
--> statement-breakpoint
ALTER TABLE "enterprises" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"target" text,
	"request_id" text NOT NULL,
	"outcome" text NOT NULL,
	"detail" jsonb
);
--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agent_tasks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"result_id" uuid NOT NULL,
	"agent" text NOT NULL,
	"task" text NOT NULL,
	"outcome" text NOT NULL,
	"accepted_at_first_review" boolean NOT NULL,
	"retries" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone NOT NULL,
	"duration_ms" double precision NOT NULL
);
--> statement-breakpoint
ALTER TABLE "agent_tasks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "feedback" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"result_id" uuid NOT NULL,
	"person_id" text NOT NULL,
	"citation" integer NOT NULL,
	"useful" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feedback" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "judged_questions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"question" text NOT NULL,
	"origin" text NOT NULL,
	"relevant" integer[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "judged_questions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "knowledge_atoms" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"content_hash" varchar(64) NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"semantic_summary" text NOT NULL,
	"technical_context" json NOT NULL,
	"relationships" json[] NOT NULL,
	"knowledge_domains" varchar(100)[] NOT NULL,
	"source_count" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "knowledge_atoms" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "knowledge_states" (
	"enterprise_id" uuid PRIMARY KEY NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"next_number" integer DEFAULT 1 NOT NULL,
	"model_version" integer DEFAULT 0 NOT NULL,
	"starter_done" integer,
	"starter_total" integer,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "knowledge_states" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "lexical_segments" (
	"enterprise_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"first_atom" integer NOT NULL,
	"last_atom" integer NOT NULL,
	"atoms" integer NOT NULL,
	"total_length" integer NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "lexical_segments_enterprise_id_id_pk" PRIMARY KEY("enterprise_id","id")
);
--> statement-breakpoint
ALTER TABLE "lexical_segments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "models" (
	"enterprise_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"weights" jsonb NOT NULL,
	"latent_object_key" text,
	"latent_weight" real NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "models_enterprise_id_version_pk" PRIMARY KEY("enterprise_id","version")
);
--> statement-breakpoint
ALTER TABLE "models" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "occurrences" (
	"enterprise_id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"atom" integer NOT NULL,
	"start" integer NOT NULL,
	"end" integer NOT NULL,
	"parent" integer,
	"title" text NOT NULL,
	"title_key" text,
	"address" text,
	"kind" text NOT NULL,
	"heading_path" text[] NOT NULL,
	"language" text,
	"tags" text[] NOT NULL,
	"links" jsonb NOT NULL,
	CONSTRAINT "occurrences_source_id_ordinal_pk" PRIMARY KEY("source_id","ordinal")
);
--> statement-breakpoint
ALTER TABLE "occurrences" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "pathways" (
	"enterprise_id" uuid NOT NULL,
	"source" integer NOT NULL,
	"target" integer NOT NULL,
	"kind" text NOT NULL,
	"weight" real NOT NULL,
	"evidence" jsonb NOT NULL,
	CONSTRAINT "pathways_enterprise_id_source_target_kind_pk" PRIMARY KEY("enterprise_id","source","target","kind")
);
--> statement-breakpoint
ALTER TABLE "pathways" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "results" (
	"id" uuid PRIMARY KEY NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"person_id" text NOT NULL,
	"question" text NOT NULL,
	"mode" text NOT NULL,
	"status" text NOT NULL,
	"confidence" real NOT NULL,
	"input_hash" varchar(64) NOT NULL,
	"model_version" integer NOT NULL,
	"cached" boolean NOT NULL,
	"duration_ms" double precision NOT NULL,
	"result" jsonb NOT NULL,
	"signals" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "results" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sources" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"title" text NOT NULL,
	"origin" text NOT NULL,
	"content_type" text NOT NULL,
	"location" text,
	"byte_length" integer NOT NULL,
	"state" text NOT NULL,
	"progress_done" integer DEFAULT 0 NOT NULL,
	"progress_total" integer DEFAULT 0 NOT NULL,
	"reason" jsonb,
	"object_key" text,
	"text" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ready_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "sources" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "training_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"state" text NOT NULL,
	"progress_done" integer DEFAULT 0 NOT NULL,
	"progress_total" integer DEFAULT 0 NOT NULL,
	"started_by" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"model_version" integer,
	"published" boolean,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "training_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_enterprise_id_enterprises_id_fk" FOREIGN KEY ("enterprise_id") REFERENCES "public"."enterprises"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_enterprise_id_enterprises_id_fk" FOREIGN KEY ("enterprise_id") REFERENCES "public"."enterprises"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_tasks" ADD CONSTRAINT "agent_tasks_result_id_results_id_fk" FOREIGN KEY ("result_id") REFERENCES "public"."results"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_result_id_results_id_fk" FOREIGN KEY ("result_id") REFERENCES "public"."results"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "occurrences" ADD CONSTRAINT "occurrences_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "people_email" ON "people" USING btree ("email");--> statement-breakpoint
CREATE INDEX "refresh_tokens_session" ON "refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "sessions_person" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "enterprises_tier" ON "enterprises" USING btree ("tier");--> statement-breakpoint
CREATE INDEX "enterprises_partner_type" ON "enterprises" USING btree ("partner_type");--> statement-breakpoint
CREATE INDEX "audit_entries_time" ON "audit_entries" USING btree ("enterprise_id","at");--> statement-breakpoint
CREATE INDEX "agent_tasks_ended" ON "agent_tasks" USING btree ("enterprise_id","ended_at");--> statement-breakpoint
CREATE UNIQUE INDEX "feedback_once" ON "feedback" USING btree ("result_id","person_id","citation");--> statement-breakpoint
CREATE INDEX "judged_questions_enterprise" ON "judged_questions" USING btree ("enterprise_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "knowledge_atoms_hash" ON "knowledge_atoms" USING btree ("enterprise_id","content_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "knowledge_atoms_number" ON "knowledge_atoms" USING btree ("enterprise_id","number");--> statement-breakpoint
CREATE INDEX "knowledge_atoms_title" ON "knowledge_atoms" USING btree ("enterprise_id","title","id");--> statement-breakpoint
CREATE INDEX "knowledge_atoms_kind" ON "knowledge_atoms" USING btree ("enterprise_id","kind");--> statement-breakpoint
CREATE INDEX "knowledge_atoms_domains" ON "knowledge_atoms" USING gin ("knowledge_domains");--> statement-breakpoint
CREATE INDEX "lexical_segments_manifest" ON "lexical_segments" USING btree ("enterprise_id","first_atom","last_atom");--> statement-breakpoint
CREATE INDEX "occurrences_atom" ON "occurrences" USING btree ("enterprise_id","atom");--> statement-breakpoint
CREATE INDEX "occurrences_title_key" ON "occurrences" USING btree ("enterprise_id","title_key");--> statement-breakpoint
CREATE INDEX "occurrences_address" ON "occurrences" USING btree ("enterprise_id","address");--> statement-breakpoint
CREATE INDEX "pathways_target" ON "pathways" USING btree ("enterprise_id","target");--> statement-breakpoint
CREATE INDEX "results_created" ON "results" USING btree ("enterprise_id","created_at");--> statement-breakpoint
CREATE INDEX "sources_created" ON "sources" USING btree ("enterprise_id","created_at","id");--> statement-breakpoint
CREATE INDEX "sources_state" ON "sources" USING btree ("enterprise_id","state");--> statement-breakpoint
CREATE INDEX "training_runs_created" ON "training_runs" USING btree ("enterprise_id","created_at");--> statement-breakpoint
CREATE POLICY "memberships_identity" ON "memberships" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "people_identity" ON "people" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "refresh_tokens_identity" ON "refresh_tokens" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "sessions_identity" ON "sessions" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "signing_keys_identity" ON "signing_keys" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "enterprises_identity" ON "enterprises" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "enterprises_self" ON "enterprises" AS PERMISSIVE FOR SELECT TO "aia_app" USING (id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_entries_read" ON "audit_entries" AS PERMISSIVE FOR SELECT TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_entries_append" ON "audit_entries" AS PERMISSIVE FOR INSERT TO "aia_app" WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_entries_identity_append" ON "audit_entries" AS PERMISSIVE FOR INSERT TO "aia_identity" WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "agent_tasks_tenant" ON "agent_tasks" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "feedback_tenant" ON "feedback" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "judged_questions_tenant" ON "judged_questions" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "knowledge_atoms_tenant" ON "knowledge_atoms" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "knowledge_states_tenant" ON "knowledge_states" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "lexical_segments_tenant" ON "lexical_segments" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "models_tenant" ON "models" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "occurrences_tenant" ON "occurrences" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "pathways_tenant" ON "pathways" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "results_tenant" ON "results" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "sources_tenant" ON "sources" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "training_runs_tenant" ON "training_runs" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));