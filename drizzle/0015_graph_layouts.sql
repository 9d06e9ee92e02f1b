CREATE TABLE "graph_layouts" (
	"enterprise_id" uuid PRIMARY KEY NOT NULL,
	"graph_hash" varchar(64) NOT NULL,
	"revision" integer NOT NULL,
	"data" "bytea" NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "graph_layouts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "graph_layouts_tenant" ON "graph_layouts" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON graph_layouts TO aia_app;--> statement-breakpoint
-- Places do not compress.
ALTER TABLE graph_layouts ALTER COLUMN data SET STORAGE EXTERNAL;
