CREATE TABLE "agent_atoms" (
	"enterprise_id" uuid NOT NULL,
	"atom" integer NOT NULL,
	"agent" text NOT NULL,
	CONSTRAINT "agent_atoms_enterprise_id_atom_agent_pk" PRIMARY KEY("enterprise_id","atom","agent")
);
--> statement-breakpoint
ALTER TABLE "agent_atoms" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agent_uses" (
	"enterprise_id" uuid NOT NULL,
	"agent" text NOT NULL,
	CONSTRAINT "agent_uses_enterprise_id_agent_pk" PRIMARY KEY("enterprise_id","agent")
);
--> statement-breakpoint
ALTER TABLE "agent_uses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "outbox_events" (
	"enterprise_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"kind" text NOT NULL,
	"payload" json NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_events_enterprise_id_sequence_pk" PRIMARY KEY("enterprise_id","sequence")
);
--> statement-breakpoint
ALTER TABLE "outbox_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "outboxes" (
	"enterprise_id" uuid PRIMARY KEY NOT NULL,
	"generation" uuid DEFAULT gen_random_uuid() NOT NULL,
	"sequence" bigint DEFAULT 0 NOT NULL,
	"sent" bigint DEFAULT 0 NOT NULL,
	"sender" uuid,
	"held_until" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "outboxes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "agent_atoms" ADD CONSTRAINT "agent_atoms_atom" FOREIGN KEY ("enterprise_id","atom") REFERENCES "public"."knowledge_atoms"("enterprise_id","number") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "agent_atoms_tenant" ON "agent_atoms" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "agent_uses_tenant" ON "agent_uses" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "outbox_events_tenant" ON "outbox_events" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "outboxes_tenant" ON "outboxes" AS PERMISSIVE FOR ALL TO "aia_app" USING (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)) WITH CHECK (enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "outboxes_identity" ON "outboxes" AS PERMISSIVE FOR ALL TO "aia_identity" USING (true) WITH CHECK (true);--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON outboxes, outbox_events, agent_uses, agent_atoms TO aia_app;--> statement-breakpoint
GRANT SELECT ON outboxes TO aia_identity;--> statement-breakpoint
-- What agents did before these tables, as agent-work.ts writes it.
INSERT INTO agent_uses (enterprise_id, agent) SELECT DISTINCT enterprise_id, agent FROM agent_tasks;--> statement-breakpoint
INSERT INTO agent_atoms (enterprise_id, atom, agent)
SELECT DISTINCT r.enterprise_id, a.number, t.agent
FROM results r
JOIN agent_tasks t ON t.result_id = r.id
CROSS JOIN LATERAL jsonb_array_elements(r.signals) AS s(signal)
JOIN knowledge_atoms a ON a.enterprise_id = r.enterprise_id AND a.id = (s.signal ->> 'atomId')::uuid
WHERE t.agent = 'retriever' OR (t.agent IN ('composer', 'verifier') AND s.signal ->> 'cited' IS NOT NULL);
