-- Deny by default: a role sees a table only when this page says so.
GRANT USAGE ON SCHEMA public TO aia_app, aia_identity;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON knowledge_states, sources, knowledge_atoms, occurrences, pathways, lexical_segments, results, feedback, agent_tasks, judged_questions, models, training_runs TO aia_app;--> statement-breakpoint
GRANT SELECT ON enterprises TO aia_app;--> statement-breakpoint
-- Audit entries are appended and read, never changed.
GRANT SELECT, INSERT ON audit_entries TO aia_app;--> statement-breakpoint
GRANT INSERT ON audit_entries TO aia_identity;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON enterprises, people, memberships, sessions, refresh_tokens, signing_keys TO aia_identity;--> statement-breakpoint
-- Blobs are compressed already.
ALTER TABLE lexical_segments ALTER COLUMN data SET STORAGE EXTERNAL;
