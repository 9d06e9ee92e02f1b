CREATE TABLE "alert_rules" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"name" text NOT NULL,
	"measurement" text NOT NULL,
	"metric" text NOT NULL,
	"aggregate" text NOT NULL,
	"tags" jsonb NOT NULL,
	"condition" text NOT NULL,
	"threshold" double precision NOT NULL,
	"unit" text NOT NULL,
	"window_seconds" integer NOT NULL,
	"is_paused" boolean DEFAULT false NOT NULL,
	"state" text,
	"since" timestamp with time zone,
	"value" double precision,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "alert_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "alert_rules_name" ON "alert_rules" USING btree ("enterprise_id","name");--> statement-breakpoint
CREATE POLICY "alert_rules_tenant" ON "alert_rules" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "alert_rules_identity" ON "alert_rules" AS PERMISSIVE FOR SELECT TO "aia_identity" USING (true);--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON alert_rules TO aia_app;--> statement-breakpoint
GRANT SELECT ON alert_rules TO aia_identity;
