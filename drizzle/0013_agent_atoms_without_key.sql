ALTER TABLE "agent_atoms" DROP CONSTRAINT "agent_atoms_atom";
