-- What came in and what went back are few among many: a page of them must not read past all that was spent.
CREATE INDEX IF NOT EXISTS ledger_kind_idx ON ledger (kind, id DESC) WHERE kind IN ('grant', 'release');
