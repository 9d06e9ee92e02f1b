CREATE TABLE "series" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "series_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"enterprise_id" uuid NOT NULL,
	"measurement" text NOT NULL,
	"tags" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "series" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "series_hours" (
	"enterprise_id" uuid NOT NULL,
	"series_id" integer NOT NULL,
	"hour" integer NOT NULL,
	"count" bigint NOT NULL,
	"sum" double precision NOT NULL,
	"min" double precision NOT NULL,
	"max" double precision NOT NULL,
	CONSTRAINT "series_hours_enterprise_id_series_id_hour_pk" PRIMARY KEY("enterprise_id","series_id","hour")
);
--> statement-breakpoint
ALTER TABLE "series_hours" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "series_points" (
	"enterprise_id" uuid NOT NULL,
	"series_id" integer NOT NULL,
	"time" bigint NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "series_points_enterprise_id_series_id_time_pk" PRIMARY KEY("enterprise_id","series_id","time")
);
--> statement-breakpoint
ALTER TABLE "series_points" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE UNIQUE INDEX "series_tags" ON "series" USING btree ("enterprise_id","measurement","tags");--> statement-breakpoint
CREATE POLICY "series_tenant" ON "series" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "series_identity" ON "series" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "series_hours_tenant" ON "series_hours" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "series_hours_identity" ON "series_hours" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "series_points_tenant" ON "series_points" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "series_points_identity" ON "series_points" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
GRANT SELECT ON series, series_points, series_hours TO aia_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON series, series_points, series_hours TO aia_identity;
