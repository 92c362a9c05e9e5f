-- What verdicts and nights need to know of a definition.
ALTER TABLE experiment_definition ADD COLUMN planned_days INTEGER       -- whole days before it ships or keeps; null: 7
    CHECK (planned_days >= 0);
ALTER TABLE metric_definition ADD COLUMN is_defined INTEGER NOT NULL DEFAULT 1  -- 0: only recorded; nobody said which way
    CHECK (is_defined IN (0, 1));                                       -- is better
