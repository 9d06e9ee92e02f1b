CREATE TABLE "atom_vectors" (
	"enterprise_id" uuid NOT NULL,
	"atom" integer NOT NULL,
	"model" text NOT NULL,
	"text_digest" varchar(32) NOT NULL,
	"revision" integer NOT NULL,
	"vector" "bytea" NOT NULL,
	CONSTRAINT "atom_vectors_enterprise_id_atom_pk" PRIMARY KEY("enterprise_id","atom")
);
--> statement-breakpoint
ALTER TABLE "atom_vectors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "atom_vectors" ADD CONSTRAINT "atom_vectors_atom" FOREIGN KEY ("enterprise_id","atom") REFERENCES "public"."knowledge_atoms"("enterprise_id","number") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "atom_vectors_revision" ON "atom_vectors" USING btree ("enterprise_id","revision","atom");--> statement-breakpoint
CREATE POLICY "atom_vectors_tenant" ON "atom_vectors" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON atom_vectors TO aia_app;--> statement-breakpoint
-- Vectors do not compress.
ALTER TABLE atom_vectors ALTER COLUMN vector SET STORAGE EXTERNAL;
