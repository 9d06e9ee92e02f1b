CREATE TABLE "saved_views" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"enterprise_id" uuid NOT NULL,
	"person_id" text NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "saved_views" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "outbox_events" ADD COLUMN "graph_sequence" bigint;--> statement-breakpoint
ALTER TABLE "outbox_events" ADD COLUMN "atoms" json;--> statement-breakpoint
ALTER TABLE "outboxes" ADD COLUMN "graph_sequence" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "outboxes" ADD COLUMN "is_followed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "saved_views_person" ON "saved_views" USING btree ("enterprise_id","person_id","name");--> statement-breakpoint
CREATE INDEX "outbox_events_created" ON "outbox_events" USING btree ("created_at");--> statement-breakpoint
CREATE POLICY "outbox_events_identity" ON "outbox_events" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "saved_views_tenant" ON "saved_views" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views TO aia_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON outboxes, outbox_events TO aia_identity;--> statement-breakpoint
-- Until now every event was one of the graph, and was written only where one follows.
UPDATE outboxes SET graph_sequence = sequence, is_followed = true;--> statement-breakpoint
UPDATE outbox_events SET graph_sequence = sequence, atoms = payload -> 'atoms', payload = json_build_object('atoms', json_array_length(payload -> 'atoms'));
