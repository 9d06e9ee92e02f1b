-- The leaves stand among the nodes of the tree too: a row that is gone must not spoil the proofs of others.
INSERT INTO audit_nodes (enterprise_id, level, index, hash) SELECT enterprise_id, 0, sequence - 1, leaf_hash FROM audit_entries;
